// SPDX-License-Identifier: GPL-2.0-only
/* What the other modules use of kmod/lib. */
#include <linux/export.h>

#include "../lib/arp.h"
#include "../lib/claim.h"

EXPORT_SYMBOL_NS_GPL(clps_arp_parse, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_arp_build, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_start, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_timer, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_announce, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_arp, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_suspect, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_hold, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_set_quiet, COLLAPSAR);
EXPORT_SYMBOL_NS_GPL(clps_claim_withdraw, COLLAPSAR);
