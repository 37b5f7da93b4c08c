/** The hub's own log: JSON lines. Headers are never written, and tokens in addresses are cut out. */
import pino, { type DestinationStream, type Logger } from "pino";
import type { HubSettings } from "./settings.ts";

type LoggedRequest = { id: unknown; method: string; url: string; ip?: string };

export function makeLog(level: HubSettings["logLevel"], destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { name: "culprit-hub" },
    serializers: {
      req: ({ id, method, url, ip }: LoggedRequest) => ({ id, method, url: withoutSecrets(url), from: ip }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    redact: {
      paths: [
        "token",
        "password",
        "machine_pass",
        "authorization",
        "cookie",
        "*.token",
        "*.password",
        "*.authorization",
      ],
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Own tokens wherever they stand, keys in paths, and the values of parameters that are named like secrets. */
export function withoutSecrets(url: string): string {
  return (
    url
      // The router takes an escaped letter for the letter.
      .replace(/%(?:[46][1-9a-f]|[57][0-9a])/gi, decodeURIComponent)
      .replace(/(\/checkin\/[^/?#]*).*$/s, "$1/***")
      .replace(/^\/t\/[^/?#]*/, "/t/***")
      .replace(/culprit_[a-z]_[0-9A-Za-z]+/g, "culprit_***")
      .replace(/([?&](?:token|password|secret|once|key)=)[^&#]*/gi, "$1***")
  );
}
