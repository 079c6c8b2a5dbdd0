// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "say.h"
#include "text.h"

void say(const char *fmt, ...)
{
	struct text shown = { 0 };
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	text_shown(&shown, buf, __builtin_strlen(buf), TEXT_WORD);
	fprintf(stderr, "collapsard: %s\n", shown.s ? shown.s : "");
	text_free(&shown);
}
