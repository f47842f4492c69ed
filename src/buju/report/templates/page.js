(function () {
  "use strict";
  var root = document.documentElement, body = document.body;
  var button = document.getElementById("language");
  function say(language) {
    var short = language === "en" ? "en" : "zh";
    root.lang = short === "en" ? "en" : "zh-CN";
    document.title = body.getAttribute("data-title-" + short);
    button.textContent = short === "en" ? "中文" : "English";
    button.lang = short === "en" ? "zh-CN" : "en";
    button.setAttribute("aria-label", short === "en" ? "切换到中文" : "Switch to English");
    document.querySelectorAll("[data-zh]").forEach(function (node) {
      var words = node.getAttribute("data-" + short);
      if (node.tagName === "OPTION") node.textContent = words;
      else node.setAttribute("aria-label", words);
    });
  }
  button.addEventListener("click", function () {
    say(root.lang === "en" ? "zh" : "en");
    try { history.replaceState(null, "", root.lang === "en" ? "?lang=en" + location.hash : location.pathname + location.hash); } catch (ignored) { /* a page opened from a file may not rewrite its address */ }
  });
  var fixed = body.getAttribute("data-language");
  if (fixed === "en" || (fixed === "both" && /[?&]lang=en\b/.test(location.search))) say("en");
  document.querySelectorAll("select[data-table]").forEach(function (select) {
    select.addEventListener("change", function () {
      document.querySelectorAll("#" + select.getAttribute("data-table") + " tbody tr").forEach(function (row) {
        row.hidden = select.value !== "" && row.getAttribute("data-key") !== select.value;
      });
    });
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    opened.forEach(function (details) { details.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (details) { details.open = false; });
  });
})();
