// Everything here makes pages quicker; none of it is needed for them to work.
import "htmx.org";
import "./keyboard.js";
import "./forms.js";
import "./toasts.js";
import "./menus.js";
import "./countdown.js";
import "./tables.js";
import "./uploads.js";
import "./folder.js";
