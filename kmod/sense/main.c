// SPDX-License-Identifier: GPL-2.0-only
/* collapsar_sense.ko: lifetime and parameters. */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "sense.h"

#define SENSOR_VERSION	1
#define QUEUE_MIN	(4 * CLPS_EVT_MAX_LEN)
#define QUEUE_MAX	(1024u << 20)

unsigned int clps_sense_data_limit = 4096;
module_param_named(data_limit, clps_sense_data_limit, uint, 0400);
MODULE_PARM_DESC(data_limit, "bytes captured of one call at most (default 4096, 0 to 16384)");

static unsigned int queue_bytes = 4u << 20;
module_param(queue_bytes, uint, 0400);
MODULE_PARM_DESC(queue_bytes, "memory for records that no reader has acknowledged yet (default 4194304, 131072 to 1073741824)");

static char *filter;
module_param(filter, charp, 0400);
MODULE_PARM_DESC(filter, "which records are kept (default all; Documentation/sensor.rst)");

static int __init check_parameters(void)
{
	if (clps_sense_data_limit > CLPS_SENSE_DATA_MAX) {
		pr_err("collapsar_sense: data_limit is 0 to %u\n", CLPS_SENSE_DATA_MAX);
		return -EINVAL;
	}
	if (queue_bytes < QUEUE_MIN || queue_bytes > QUEUE_MAX) {
		pr_err("collapsar_sense: queue_bytes is %u to %u\n", QUEUE_MIN, QUEUE_MAX);
		return -EINVAL;
	}
	return 0;
}

static void __init record_start(void)
{
	struct clps_evt_buf b;
	uuid_t id;

	/* Numbers begin anew with each load, so does this. */
	generate_random_uuid(id.b);
	preempt_disable();
	clps_sense_begin(&b, CLPS_EVT_start);
	clps_evt_int(&b, SENSOR_VERSION);
	clps_evt_bytes(&b, id.b, sizeof(id.b));
	clps_evt_bytes(&b, init_uts_ns.name.release, strlen(init_uts_ns.name.release));
	clps_evt_int(&b, ktime_get_boottime_ns());
	clps_evt_int(&b, clps_sense_data_limit);
	clps_sense_commit(&b);
	preempt_enable();
}

static int __init clps_sense_init(void)
{
	int err;

	err = check_parameters();
	if (err)
		return err;
	err = clps_sense_filter_init(filter);
	if (err)
		return err;
	err = clps_sense_record_init();
	if (err)
		goto err_filter;
	err = clps_sense_first_init();
	if (err)
		goto err_record;
	err = clps_sense_queue_init(queue_bytes);
	if (err)
		goto err_first;
	record_start();
	err = clps_sense_netlink_init();
	if (err)
		goto err_queue;
	err = clps_sense_hook();
	if (err)
		goto err_netlink;
	return 0;

err_netlink:
	clps_sense_netlink_exit();
err_queue:
	clps_sense_queue_exit();
err_first:
	clps_sense_first_exit();
err_record:
	clps_sense_record_exit();
err_filter:
	clps_sense_filter_exit();
	return err;
}

static void __exit clps_sense_fini(void)
{
	clps_sense_unhook();
	clps_sense_netlink_exit();
	clps_sense_queue_exit();
	clps_sense_first_exit();
	clps_sense_record_exit();
	clps_sense_filter_exit();
}

module_init(clps_sense_init);
module_exit(clps_sense_fini);

MODULE_DESCRIPTION("Collapsar sensor: records what is done in a honeypot");
MODULE_LICENSE("GPL");
