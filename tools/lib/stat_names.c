// SPDX-License-Identifier: GPL-2.0
/*
 * The names of counters, the same as in "ethtool -S".
 */
#include "lib/stat_names.h"

/* Of all but M6T_STAT_UNSPEC and M6T_STAT_PAD. */
const char *const stat_names[M6T_STAT_MAX + 1] = {
	[M6T_STAT_RX_SHORT] = "rx_short",
	[M6T_STAT_RX_BAD_VERSION] = "rx_bad_version",
	[M6T_STAT_RX_BAD_LENGTH] = "rx_bad_length",
	[M6T_STAT_RX_BAD_SOURCE] = "rx_bad_source",
	[M6T_STAT_RX_BAD_DESTINATION] = "rx_bad_destination",
	[M6T_STAT_RX_MISMATCH] = "rx_mismatch",
	[M6T_STAT_RX_RATE_LIMITED] = "rx_rate_limited",
	[M6T_STAT_RX_TABLE_FULL] = "rx_table_full",
	[M6T_STAT_RX_NOT_GATEWAY] = "rx_not_gateway",
	[M6T_STAT_RX_ECN] = "rx_ecn",
	[M6T_STAT_RX_KEEPALIVE] = "rx_keepalive",
	[M6T_STAT_RX_KEEPALIVE_STRAY] = "rx_keepalive_stray",
	[M6T_STAT_TX_KEEPALIVE] = "tx_keepalive",
	[M6T_STAT_TX_NO_BINDING] = "tx_no_binding",
	[M6T_STAT_TX_BAD_SOURCE] = "tx_bad_source",
	[M6T_STAT_TX_TOO_BIG] = "tx_too_big",
	[M6T_STAT_TX_LOOP] = "tx_loop",
	[M6T_STAT_TX_NO_ROUTE] = "tx_no_route",
	[M6T_STAT_TX_CARRIER] = "tx_carrier",
	[M6T_STAT_BINDING_CREATED] = "binding_created",
	[M6T_STAT_BINDING_ACTIVATED] = "binding_activated",
	[M6T_STAT_BINDING_EXPIRED] = "binding_expired",
	[M6T_STAT_BINDING_EVICTED] = "binding_evicted",
	[M6T_STAT_ATTACH] = "attach",
	[M6T_STAT_UNREACHABLE] = "unreachable",
	[M6T_STAT_RX_PROOF] = "rx_proof",
	[M6T_STAT_TX_PROOF] = "tx_proof",
	[M6T_STAT_BINDING_PROVEN] = "binding_proven",
	[M6T_STAT_RX_NO_BINDING] = "rx_no_binding",
	[M6T_STAT_RX_UNPROTECTED] = "rx_unprotected",
	[M6T_STAT_RX_BAD_SA] = "rx_bad_sa",
	[M6T_STAT_RX_BAD_HEADER] = "rx_bad_header",
	[M6T_STAT_RX_SIGNAL] = "rx_signal",
	[M6T_STAT_TX_SIGNAL] = "tx_signal",
	[M6T_STAT_TX_UNPROTECTED] = "tx_unprotected",
};
