/** Where the page is: a proxy may have put it, and the API beside it, below any prefix. */

/** The folder of the page, such as `/web`; the router's root. */
export const PAGE_PATH = new URL(".", document.baseURI).pathname.replace(/\/$/, "") || "/";

/** The API's root, without a slash at its end. */
export const API_ROOT = new URL("..", document.baseURI).href.replace(/\/$/, "");
