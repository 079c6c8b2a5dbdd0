// SPDX-License-Identifier: GPL-2.0-only
/* The command line of an object, and its help, from the object's table. */
#include <stdio.h>
#include <string.h>
#include <collapsar/front.h>

#include "ctl.h"

const struct object * const objects[] = {
	&obj_uplink, &obj_redirect, &obj_network, &obj_honeypot, NULL
};

const char * const verb_names[VERBS] = { "add", "set", "del", "show" };

const struct object *object_find(const char *name)
{
	int i;

	for (i = 0; objects[i]; i++)
		if (!strcmp(objects[i]->name, name))
			return objects[i];
	return NULL;
}

int verb_find(const char *name)
{
	int i;

	for (i = 0; i < VERBS; i++)
		if (!strcmp(verb_names[i], name))
			return i;
	return -1;
}

static bool at_end(const struct field *f)
{
	return !f->kw && !f->key;
}

const struct field *field_of(const struct object *obj, bool nest, uint16_t attr, unsigned int verbs)
{
	const struct field *f;

	for (f = obj->fields; !at_end(f); f++)
		if (f->attr == attr && f->nest == nest && (f->verbs & verbs))
			return f;
	return NULL;
}

static bool alone(const struct field *f)
{
	return f->type == T_CONST8 || f->type == T_CONST16 || f->type == T_CONST32;
}

static void help_field(const struct field *f, enum verb verb)
{
	bool required = f->required & (1u << verb);
	int i;

	fputs(required ? " " : " [", stdout);
	fputs(f->kw, stdout);
	if (f->names) {
		putchar(' ');
		for (i = 0; f->names[i]; i++)
			printf("%s%s", i ? "|" : "", f->names[i]);
	} else if (!f->pos && !alone(f)) {
		printf(" %s", f->meta);
	}
	if (!required)
		putchar(']');
}

void object_help(const struct object *obj)
{
	const struct field *f;
	int verb;

	printf("%s: %s\n", obj->name, obj->help);
	for (verb = 0; verb < VERBS; verb++) {
		printf("  collapsarctl %s %s", obj->name, verb_names[verb]);
		for (f = obj->fields; !at_end(f); f++)
			if (f->kw && (f->verbs & (1u << verb)))
				help_field(f, verb);
		putchar('\n');
	}
	for (f = obj->fields; !at_end(f); f++)
		if (f->kw)
			printf("    %-16s %s\n", f->kw, f->help);
}

static int bad(const struct tok *tok, const char *what)
{
	err_at(tok, "%s '%s'", what, tok->s);
	return EXIT_USAGE;
}

static int parse_number(const struct field *f, struct value *v, const struct tok *tok)
{
	uint64_t max = f->max ? f->max : f->type == T_U8 ? UINT8_MAX : UINT32_MAX;
	bool time = f->type == T_SEC || f->type == T_MSEC, ok;

	if (time)
		ok = parse_duration(tok->s, f->type == T_SEC ? 1000 : 1, &v->num);
	else
		ok = parse_u64(tok->s, &v->num);
	if (!ok) {
		err_at(tok, "%s is not a %s: '%s'", f->kw, time ? "duration" : "number", tok->s);
		return EXIT_USAGE;
	}
	if (v->num < f->min || v->num > max) {
		err_at(tok, "%s must be %u to %llu, not '%s'", f->kw, f->min,
		       (unsigned long long)max, tok->s);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int parse_enum(const struct field *f, struct value *v, const struct tok *tok)
{
	char list[128] = "";
	int i;

	for (i = 0; f->names[i]; i++) {
		if (!strcmp(f->names[i], tok->s)) {
			v->num = i;
			return EXIT_DONE;
		}
		if (i)
			strncat(list, " or ", sizeof(list) - strlen(list) - 1);
		strncat(list, f->names[i], sizeof(list) - strlen(list) - 1);
	}
	err_at(tok, "%s is %s, not '%s'", f->kw, list, tok->s);
	return EXIT_USAGE;
}

static int parse_value(const struct field *f, struct value *v, const struct tok *tok)
{
	switch (f->type) {
	case T_ADDR:
		v->len = parse_addr(tok->s, v->bytes);
		return v->len ? EXIT_DONE : bad(tok, "not an IP address:");
	case T_MAC:
		v->len = 6;
		if (!parse_mac(tok->s, v->bytes))
			return bad(tok, "not a MAC address:");
		if ((v->bytes[0] & 1) || !memcmp(v->bytes, "\0\0\0\0\0", 6))
			return bad(tok, "not a unicast MAC address:");
		return EXIT_DONE;
	case T_ENUM:
		return parse_enum(f, v, tok);
	case T_DEV:
	case T_LINK:
		return parse_ifname(tok->s) ? EXIT_DONE : bad(tok, "not a device name:");
	case T_NAME:
		return parse_name(tok->s, COLLAPSAR_FRONT_NAMSIZ) ? EXIT_DONE : bad(tok, "not a name:");
	default:
		return parse_number(f, v, tok);
	}
}

static int find_kw(const struct command *cmd, const char *s)
{
	const struct field *f = cmd->obj->fields;
	int i;

	for (i = 0; !at_end(&f[i]); i++)
		if (f[i].kw && !f[i].pos && (f[i].verbs & (1u << cmd->verb)) && !strcmp(f[i].kw, s))
			return i;
	return -1;
}

/* The keyword of a field of the same attribute that was given before. */
static const char *given(const struct command *cmd, int field)
{
	const struct field *f = cmd->obj->fields;
	int i;

	for (i = 0; !at_end(&f[i]); i++)
		if (cmd->val[i].tok && f[i].attr == f[field].attr && f[i].nest == f[field].nest)
			return f[i].kw;
	return NULL;
}

static bool given_kw(const struct command *cmd, const char *kw)
{
	const struct field *f = cmd->obj->fields;
	int i;

	for (i = 0; !at_end(&f[i]); i++)
		if (cmd->val[i].tok && !strcmp(f[i].kw, kw))
			return true;
	return false;
}

/* What one argument cannot know: others that must be there. */
static int check_whole(const struct command *cmd, const struct tok *last)
{
	const struct object *obj = cmd->obj;
	const struct field *f = obj->fields;
	int i, settings = 0;

	for (i = 0; !at_end(&f[i]); i++) {
		const struct value *v = &cmd->val[i];

		if ((f[i].required & (1u << cmd->verb)) && !v->tok) {
			err_at(last, "%s %s: '%s' is missing after '%s'", obj->name,
			       verb_names[cmd->verb], f[i].kw, last->s);
			return EXIT_USAGE;
		}
		if (!v->tok)
			continue;
		if (f[i].needs && !given_kw(cmd, f[i].needs)) {
			err_at(v->tok, "'%s' needs '%s'", f[i].kw, f[i].needs);
			return EXIT_USAGE;
		}
		if (f[i].power_of_two && (v->num & (v->num - 1))) {
			err_at(v->tok, "%s must be a power of two, not '%s'", f[i].kw, v->tok->s);
			return EXIT_USAGE;
		}
		if (!(f[i].required & SET))
			settings++;
	}
	if (cmd->verb == VERB_SET && !settings) {
		err_at(last, "%s set: nothing to change after '%s'", obj->name, last->s);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int parse_args(struct command *cmd, const struct tok *toks, int i, int n)
{
	const struct object *obj = cmd->obj;
	int field, err;

	while (i < n) {
		const struct tok *kw = &toks[i++];

		field = find_kw(cmd, kw->s);
		if (field < 0) {
			err_at(kw, "%s %s does not know '%s'", obj->name, verb_names[cmd->verb], kw->s);
			return EXIT_USAGE;
		}
		if (given(cmd, field)) {
			err_at(kw, "'%s' comes after '%s': given twice", kw->s, given(cmd, field));
			return EXIT_USAGE;
		}
		if (alone(&obj->fields[field])) {
			cmd->val[field].num = obj->fields[field].min;
			cmd->val[field].tok = kw;
			continue;
		}
		if (i == n) {
			err_at(kw, "%s %s: %s is missing after '%s'", obj->name,
			       verb_names[cmd->verb], obj->fields[field].meta, kw->s);
			return EXIT_USAGE;
		}
		err = parse_value(&obj->fields[field], &cmd->val[field], &toks[i]);
		if (err)
			return err;
		cmd->val[field].tok = &toks[i++];
	}
	return EXIT_DONE;
}

int command_parse(struct command *cmd, const struct tok *toks, int n)
{
	const struct object *obj = object_find(toks[0].s);
	int i = 2, pos = 0, err, verb;

	memset(cmd, 0, sizeof(*cmd));
	verb = n < 2 ? VERB_SHOW : verb_find(toks[1].s);
	if (verb < 0) {
		err_at(&toks[1], "%s knows add, set, del and show, not '%s'", obj->name, toks[1].s);
		return EXIT_USAGE;
	}
	cmd->obj = obj;
	cmd->verb = verb;
	cmd->at = &toks[0];
	while (!obj->fields[pos].pos)
		pos++;
	/* show may begin with a keyword: what it lists has a name that is no keyword. */
	if (n > 2 && !(verb == VERB_SHOW && find_kw(cmd, toks[2].s) >= 0)) {
		err = parse_value(&obj->fields[pos], &cmd->val[pos], &toks[2]);
		if (err)
			return err;
		cmd->val[pos].tok = &toks[2];
		i = 3;
	}
	err = parse_args(cmd, toks, i, n);
	return err ? err : check_whole(cmd, &toks[n - 1]);
}
