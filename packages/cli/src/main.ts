#!/usr/bin/env node
import process from "node:process";
import { run } from "./program.js";

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
}).then((code) => {
  process.exitCode = code;
});
