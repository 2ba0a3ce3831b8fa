// htmx 4 puts itself on `window`; its server-sent events are an extension that expects it there.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";

// The page says that it updates by itself only while it does.
const tell = (state) => () => {
  document.documentElement.dataset.live = state;
};
document.addEventListener("htmx:sse:after:connection", tell("on"));
document.addEventListener("htmx:sse:error", tell("off"));
document.addEventListener("htmx:sse:close", tell("off"));
