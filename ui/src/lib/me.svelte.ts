// Who is signed in, what they may do, and whether this garage is set up at all.

import { api, got, useCsrf, whenSignedOut, Problem } from "./api.ts";
import type { Role } from "./pages.ts";

export interface Me {
  actor: string;
  role: Role;
  renter_id: number | null;
  rights: string[];
  is_encrypted: boolean;
  email: string | null;
  has_second_factor: boolean | null;
  recovery_codes_left: number | null;
  must_add_second_factor: boolean;
}

export type Standing = "asking" | "unreachable" | "not-set-up" | "signed-out" | "signed-in";

let standing = $state<Standing>("asking");
let who = $state.raw<Me | null>(null);

whenSignedOut(() => {
  if (standing === "signed-in") {
    standing = "signed-out";
    who = null;
  }
});

export function standingNow(): Standing {
  return standing;
}

/** Who is signed in; only to be asked where somebody is. */
export function me(): Me {
  if (who === null) throw new Error("nobody is signed in");
  return who;
}

/** Whether the table of rights lets this person take a route. */
export function may(method: string, path: string): boolean {
  return who?.rights.includes(`${method} ${path}`) ?? false;
}

/** Ask who is signed in; where nobody is, whether there is an account at all. */
export async function askWhoIAm(): Promise<void> {
  try {
    const found = await got(api.GET("/me", {}));
    useCsrf(found.csrf_token ?? "");
    who = {
      actor: found.actor,
      role: found.role,
      renter_id: found.renter_id,
      rights: found.rights,
      is_encrypted: found.is_encrypted,
      email: found.email ?? null,
      has_second_factor: found.has_second_factor ?? null,
      recovery_codes_left: found.recovery_codes_left ?? null,
      must_add_second_factor: found.must_add_second_factor ?? false,
    };
    standing = "signed-in";
  } catch (thrown) {
    who = null;
    if (thrown instanceof Problem && thrown.status === 401) await askWhetherSetUp();
    else standing = "unreachable";
  }
}

export async function signOut(): Promise<void> {
  await got(api.POST("/logout", {}));
  useCsrf("");
  who = null;
  standing = "signed-out";
}

async function askWhetherSetUp(): Promise<void> {
  try {
    const found = await got(api.GET("/setup", {}));
    standing = found.is_set_up ? "signed-out" : "not-set-up";
  } catch {
    standing = "unreachable";
  }
}
