// What the frame's attributes name: the build of Alpine that needs no eval knows components only by their names.

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", window.theme);
  Alpine.data("frame", () => ({
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("sidebarDesktopOpen") !== "0",
    init() {
      this.$watch("sidebarDesktopOpen", (isOpen) => localStorage.setItem("sidebarDesktopOpen", isOpen ? "1" : "0"));
    },
  }));
  Alpine.data("searchCommand", () => ({
    ...window.searchCommand(),
    get hasItems() {
      return this.items !== undefined && this.items.length > 0;
    },
    selectOnEnter(event) {
      this.selectItem(false, event.metaKey || event.ctrlKey);
    },
  }));
});
