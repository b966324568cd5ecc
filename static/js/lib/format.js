/** Numbers as people read them, in the language of the page. */

import { locale } from "lib/locale.js";

const number = (value, digits) =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

/** Megabytes → "734 MB", "1.4 GB", "12 kB". */
export function size(megabytes) {
  if (megabytes == null) return "";
  if (megabytes >= 1000) return `${number(megabytes / 1000, 1)} GB`;
  if (megabytes > 0 && megabytes < 1) return `${number(megabytes * 1000, 0)} kB`;
  return `${number(megabytes, megabytes > 0 && megabytes < 10 ? 1 : 0)} MB`;
}

/** Megabytes a second → "12.4 MB/s". */
export const speed = (rate) => (rate ? `${number(rate, 1)} MB/s` : "");

export const percent = (value) => `${number(Math.floor(value ?? 0), 0)} %`;

/** Seconds → "1:05:09", "4:09". */
export function duration(seconds) {
  if (seconds == null) return "";
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

/** A moment of today → "14:05". */
export const time = (moment) =>
  new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(moment));

/** Season and episode → "S01E05". */
export const episode = (season, number) =>
  `S${String(season).padStart(2, "0")}E${String(number).padStart(2, "0")}`;
