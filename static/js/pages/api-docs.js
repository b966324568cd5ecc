/** Swagger UI in a page that has a frame, a heading and landmarks of its own: of its parts only the operations and shapes. */
import { find, findAll } from "lib/dom.js";

// Named by SWAGGER_UI_SETTINGS, which are read after this. Its own layout draws a second `main`.
window.withinThePage = ({ React }) => ({
  components: {
    BaseLayout({ getComponent, specSelectors }) {
      const part = (name) => React.createElement(getComponent(name, true), { key: name });
      const isThere = specSelectors.loadingStatus() === "success";
      const parts = isThere ? ["AuthorizeBtnContainer", "operations", "Models"] : [];
      const icons = React.createElement(getComponent("SvgAssets"), { key: "icons" });
      return React.createElement("div", { className: "swagger-ui" }, [icons, part("errors"), ...parts.map(part)]);
    },
  },
});

const drawn = find("#swagger-ui");
new MutationObserver(() => {
  for (const table of findAll("table[role=region]", drawn)) table.setAttribute("role", "table");
}).observe(drawn, { childList: true, subtree: true });
