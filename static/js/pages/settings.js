/** Settings: lists in an order, and a menu that shows where one is. */
import "components/ordered-list.js";
import { find } from "lib/dom.js";

const here = find(".settings-link[aria-current=page]");
const menu = here?.closest(".settings-menu");
// Not scrollIntoView, which would move the page as well.
if (menu) menu.scrollLeft = here.offsetLeft - menu.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;
