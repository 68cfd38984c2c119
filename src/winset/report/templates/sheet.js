"use strict";
(() => {
{% include "tip.js" %}
})();
