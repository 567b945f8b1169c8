// The sidebar on a wide screen, and arrow keys in menus. Opening and closing a menu is the browser's (popover).

const root = document.documentElement;

function showSidebar(open) {
  if (open) delete root.dataset.sidebar;
  else root.dataset.sidebar = "closed";
  document.cookie = `sidebar=closed; path=/; max-age=${open ? 0 : 31536000}; SameSite=Lax`;
  document.querySelector(open ? "[data-sidebar-close]" : "[data-sidebar-open]")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-sidebar-close]")) showSidebar(false);
  if (event.target.closest("[data-sidebar-open]")) showSidebar(true);
  // A choice made in a menu closes it, unless it is a switch inside.
  event.target.closest(".menu-item")?.closest("[popover]")?.hidePopover();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    showSidebar(root.dataset.sidebar === "closed");
  }
  const menu = event.target.closest(".menu");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step || event.target.matches("input, textarea, select")) return;
  const items = [...menu.querySelectorAll(".menu-item:not(:disabled)")];
  const next = items[(items.indexOf(event.target) + step + items.length) % items.length];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

// From the button into its open menu with the arrow key.
document.addEventListener("keydown", (event) => {
  const button = event.target.closest("[popovertarget]");
  if (event.key !== "ArrowDown" || !button) return;
  const menu = document.getElementById(button.getAttribute("popovertarget"));
  if (!menu?.matches(".menu")) return;
  event.preventDefault();
  if (!menu.matches(":popover-open")) menu.showPopover({ source: button });
  menu.querySelector(":checked, .menu-item, input:enabled")?.focus();
});
