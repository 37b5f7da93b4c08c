/** The language of an answer with sentences: said by Accept-Language, and by the answer itself. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { localeOf, type Locale } from "./why-text.ts";

/** Marks the reply as written in the language that it answers. */
export function languageOf(request: FastifyRequest, reply: FastifyReply): Locale {
  const locale = localeOf(request.headers["accept-language"]);
  reply.header("content-language", locale).header("vary", "accept-language");
  return locale;
}
