/** Swagger UI in a page that has landmarks of its own: what it draws must not name a second of the same kind. */
import { find, findAll } from "lib/dom.js";

/** The same elements, with a `div` where a `main` was. */
function demoted(React, node) {
  if (!React.isValidElement(node)) return node;
  const { children, ...rest } = node.props;
  if (node.type === "main") return React.createElement("div", { ...rest, key: node.key }, children);
  return React.cloneElement(node, {}, ...React.Children.toArray(children).map((one) => demoted(React, one)));
}

// Named by SWAGGER_UI_SETTINGS, which are read after this.
window.withinThePage = () => ({
  wrapComponents: {
    BaseLayout: (Layout, { React }) => class extends Layout {
      render() {
        return demoted(React, super.render());
      }
    },
  },
});

const drawn = find("#swagger-ui");
new MutationObserver(() => {
  for (const table of findAll("table[role=region]", drawn)) table.setAttribute("role", "table");
}).observe(drawn, { childList: true, subtree: true });
