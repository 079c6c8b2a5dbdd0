// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU for selftests/bench/icount --trace: writes what is executed between
 * two rdtsc of one function, once:
 *
 *   -plugin trace.so,begin=ADDRESS,end=ADDRESS,nth=N,out=FILE
 *
 * The function is from begin to end, in user space; the file has the Nth such passage, a
 * line for each straight piece of code: its address, its instructions. Debian has no
 * header of QEMU's plugins: what is used of it is declared here, as of version 1.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t qemu_plugin_id_t;

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
	void (*cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
	void (*cb)(unsigned int cpu, void *data), int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;

/* A straight piece of code, as QEMU translated it; there as long as QEMU is. */
struct piece {
	uint64_t address;
	size_t insns;
	bool reads_time;
};

static uint64_t begin, end;
static unsigned long nth, passage;
static bool within;
static FILE *file;

static void executed(unsigned int cpu, void *data)
{
	const struct piece *p = data;

	(void)cpu;
	if (p->reads_time) {
		within = !within;
		passage += within;
		if (!within && passage == nth && file) {
			fclose(file);
			file = NULL;
		}
	} else if (within && passage == nth && file) {
		fprintf(file, "%llx %zu\n", (unsigned long long)p->address, p->insns);
	}
}

/* Reading the time ends a piece under icount. */
static bool reads_time(const struct qemu_plugin_tb *tb)
{
	size_t i;

	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (qemu_plugin_insn_size(insn) == 2 &&
		    !memcmp(qemu_plugin_insn_data(insn), "\x0f\x31", 2))
			return true;
	}
	return false;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct piece *p = calloc(1, sizeof(*p));

	(void)id;
	if (!p)
		abort();
	p->address = qemu_plugin_tb_vaddr(tb);
	p->insns = qemu_plugin_tb_n_insns(tb);
	p->reads_time = p->address >= begin && p->address < end && reads_time(tb);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, 0, p);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			return -1;
		value++;
		if (!strncmp(argv[i], "begin=", 6))
			begin = strtoull(value, NULL, 16);
		else if (!strncmp(argv[i], "end=", 4))
			end = strtoull(value, NULL, 16);
		else if (!strncmp(argv[i], "nth=", 4))
			nth = strtoul(value, NULL, 10);
		else if (!strncmp(argv[i], "out=", 4))
			file = fopen(value, "w");
	}
	if (!begin || end <= begin || !nth || !file)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
