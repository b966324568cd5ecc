/** Settings: lists in an order. */
import "components/ordered-list.js";
