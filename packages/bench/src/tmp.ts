import { waterfallByLayers } from "./layers.js";
for (let i=0;i<3;i++) waterfallByLayers({full:true});
