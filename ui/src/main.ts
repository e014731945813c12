// Where the client begins: language and theme first, then the page that the address names.

import "@fontsource-variable/inter/wght.css";
import "./tokens.css";
import "./base.css";
import "./states.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { loadLanguage } from "$lib/i18n.svelte.ts";
import { followAddress } from "$lib/router.svelte.ts";
import { followSystem } from "$lib/theme.svelte.ts";

await loadLanguage();
followSystem();
followAddress();
const target = document.getElementById("app");
if (target !== null) mount(App, { target });
