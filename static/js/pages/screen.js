/** The queue on a big screen: nothing but what goes on. */
import "components/live-region.js";
import "components/reader-time.js";
import { find } from "lib/dom.js";
import { goLive, live } from "lib/live.js";
import { offerMorph } from "lib/morph.js";
import { followProgress } from "lib/progress.js";

offerMorph();
followProgress(find("h1").textContent.trim());
live.join("downloads");
goLive();
