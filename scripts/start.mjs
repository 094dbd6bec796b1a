// npm start: sets up, then reconciles the example logs and names the reports.
import { mainJob } from "./main-job.mjs";
import { setUp } from "./setup.mjs";

setUp();
mainJob();
