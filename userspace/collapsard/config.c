// SPDX-License-Identifier: GPL-2.0-only
/* The file of settings: a word and its value on a line, # begins a comment. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "parse.h"
#include "say.h"

#define MIB	(UINT64_C(1) << 20)
#define LINE	1024

void config_default(struct config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	strcpy(cfg->directory, "/var/lib/collapsar");
	strcpy(cfg->user, "collapsar");
	strcpy(cfg->collector, "collapsard");
	cfg->limit = 16 * MIB;
	cfg->honeypot_bytes = 8192 * MIB;
	cfg->eve_bytes = 64 * MIB;
	cfg->eve_seconds = 86400;
	cfg->eve_files = 9;
	cfg->honeypots = 1024;
	cfg->processes = 65536;
	cfg->sessions = 1024;
	cfg->ttys = 1024;
	cfg->casts = true;
}

enum kind { PATH, NAME, CLIENT, BYTES, SECONDS, COUNT, BOOL };

static const struct setting {
	const char *word;
	enum kind kind;
	size_t at;
	uint64_t min, max;
} settings[] = {
#define AT(field) offsetof(struct config, field)
	{ "directory", PATH, AT(directory), 0, 0 },
	{ "user", NAME, AT(user), 0, 0 },
	{ "collector", NAME, AT(collector), 0, 0 },
	{ "local", NAME, AT(local), 0, 0 },
	{ "sebek-client", CLIENT, 0, 0, 0 },
	{ "limit", BYTES, AT(limit), 65536, 1024 * MIB },
	{ "max-bytes", BYTES, AT(max_bytes), MIB, UINT64_MAX },
	{ "honeypot-bytes", BYTES, AT(honeypot_bytes), 4096, UINT64_MAX },
	{ "eve-bytes", BYTES, AT(eve_bytes), 4096, UINT64_MAX },
	{ "eve-time", SECONDS, AT(eve_seconds), 1, UINT32_MAX },
	{ "eve-files", COUNT, AT(eve_files), 0, 999 },
	{ "honeypots", COUNT, AT(honeypots), 1, 65536 },
	{ "processes", COUNT, AT(processes), 1, 4194304 },
	{ "sessions", COUNT, AT(sessions), 1, 65536 },
	{ "ttys", COUNT, AT(ttys), 1, 65536 },
	{ "casts", BOOL, AT(casts), 0, 0 },
#undef AT
};

/* A number with an optional unit K, M, G or T, of 1024. */
static bool parse_bytes(const char *value, uint64_t *val)
{
	static const char units[] = "KMGT";
	char digits[32];
	size_t len = strlen(value);
	const char *unit;
	int shift = 0;

	if (!len || len >= sizeof(digits))
		return false;
	strcpy(digits, value);
	unit = strchr(units, digits[len - 1]);
	if (unit && *unit) {
		shift = 10 * (int)(unit - units + 1);
		digits[len - 1] = '\0';
	}
	return parse_u64(digits, val) && *val <= UINT64_MAX >> shift && (*val <<= shift, true);
}

static const char *set_number(struct config *cfg, const struct setting *s, const char *value)
{
	uint64_t val = 0;
	bool ok;

	if (s->kind == BYTES)
		ok = parse_bytes(value, &val);
	else if (s->kind == SECONDS)
		ok = parse_duration(value, 1000, &val);
	else
		ok = parse_u64(value, &val);
	if (!ok)
		return "is no such number";
	/* 0 is none, where that can be. */
	if (s->kind != COUNT && !val && s->at != offsetof(struct config, limit))
		val = 0;
	else if (val < s->min || val > s->max)
		return "is out of range";
	memcpy((char *)cfg + s->at, &val, sizeof(val));
	return NULL;
}

static const char *set_name(struct config *cfg, const struct setting *s, const char *value)
{
	char *to = s->kind == CLIENT ? cfg->client[cfg->clients] : (char *)cfg + s->at;

	if (s->kind == CLIENT && cfg->clients == CONFIG_CLIENTS)
		return "is one too many";
	if (!strcmp(value, "none") && s->kind == NAME) {
		to[0] = '\0';
		return NULL;
	}
	if (!parse_name(value, CONFIG_NAME))
		return "is no name";
	strcpy(to, value);
	cfg->clients += s->kind == CLIENT;
	return NULL;
}

const char *config_set(struct config *cfg, const char *word, const char *value)
{
	const struct setting *s = settings;
	bool yes;

	while (s < settings + sizeof(settings) / sizeof(settings[0]) && strcmp(s->word, word))
		s++;
	if (s == settings + sizeof(settings) / sizeof(settings[0]))
		return CONFIG_NO_SETTING;
	switch (s->kind) {
	case PATH:
		/* Room for what is put behind it. */
		if (value[0] != '/' || strlen(value) > CONFIG_PATH - 64)
			return "is no absolute path";
		strcpy((char *)cfg + s->at, value);
		return NULL;
	case NAME:
	case CLIENT:
		return set_name(cfg, s, value);
	case BOOL:
		yes = !strcmp(value, "yes");
		if (!yes && strcmp(value, "no"))
			return "is neither yes nor no";
		memcpy((char *)cfg + s->at, &yes, sizeof(yes));
		return NULL;
	default:
		return set_number(cfg, s, value);
	}
}

static const char *read_line(struct config *cfg, char *line, unsigned int nr, const char **what)
{
	struct tok toks[PARSE_LINE_TOKENS];
	const char *why = "cannot be read";
	unsigned int col;
	int n;

	*what = "the line";
	n = parse_split(line, nr, toks, &why, &col);
	if (n < 0)
		return why;
	if (!n)
		return NULL;
	*what = toks[0].s;
	if (n != 2)
		return "takes one value";
	why = config_set(cfg, toks[0].s, toks[1].s);
	if (why && strcmp(why, CONFIG_NO_SETTING))
		*what = toks[1].s;
	return why;
}

int config_read(struct config *cfg, const char *path)
{
	const char *why = NULL, *what = NULL;
	unsigned int nr = 0;
	char line[LINE];
	FILE *f = fopen(path, "re");

	if (!f && errno == ENOENT)
		return 0;
	if (!f) {
		say("%s: %s", path, strerror(errno));
		return -1;
	}
	while (!why && fgets(line, sizeof(line), f)) {
		nr++;
		what = "the line";
		if (!strchr(line, '\n') && !feof(f))
			why = "is too long";
		line[strcspn(line, "\n")] = '\0';
		if (!why)
			why = read_line(cfg, line, nr, &what);
		if (why)
			say("%s:%u: '%s' %s", path, nr, what, why);
	}
	fclose(f);
	return why ? -1 : 0;
}
