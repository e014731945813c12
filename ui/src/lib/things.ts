// What the API's things are called here; their form is the API's own description.

import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Renter = Schemas["Renter"];
export type Spot = Schemas["Spot"];
export type Token = Schemas["Token"];
export type Station = Schemas["Station"];
export type Session = Schemas["Session"];
export type Alarm = Schemas["Alarm"];
export type ReviewItem = Schemas["ReviewItem"];
export type Knocking = Schemas["Knock"];
export type Connector = Schemas["Connector"];
export type Reading = Schemas["Reading"];
export type LiveStation = Schemas["LiveStation"];
export type LiveConnector = Schemas["LiveConnector"];
export type LiveSpot = Schemas["LiveSpot"];
export type LiveSession = Schemas["LiveSession"];
export type Site = Schemas["ShownSite"];
export type StationLogin = Schemas["StationLogin"];
export type ConfigurationKey = Schemas["ConfigurationKey"];
export type Message = Schemas["Message"];
export type Boot = Schemas["Boot"];
export type Quirk = Schemas["Quirk"];
export type Errand = Schemas["Errand"];
export type Trouble = Schemas["Trouble"];
export type Reservation = Schemas["Reservation"];
export type ChargingProfile = Schemas["ChargingProfile"];
export type InstalledProfile = Schemas["InstalledProfile"];
export type Command = Schemas["Command"];
export type Revocation = Schemas["Revocation"];
export type Commissioning = Schemas["Commissioning"];
export type Account = Schemas["Account"];
export type ApiToken = Schemas["ApiToken"];
export type AuditEntry = Schemas["AuditEntry"];
export type EffectiveSetting = Schemas["EffectiveSetting"];
export type StationFile = Schemas["StationFile"];
export type SignIn = Schemas["SignIn"];
