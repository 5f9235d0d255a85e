#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module of a running gateway is exchanged, as Documentation/m6t.rst describes it for
# packages: bindings are saved and restored, and no mobile node attaches again. The mobile
# nodes are UDP sockets, as devices would be removed with the module.
# runs alone: it unloads the module
# proves: G13

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/nodes.bash
. "$SELFTESTS/lib/nodes.bash"

NODES=20
CONF=$TMP/m6t0.conf

nodes_topology
nodes_sources $NODES
echo "mode gw prefix $PREFIX ha $HA6 local $GW4 temp-timeout 60000" >"$CONF"
need in_ns "$GW" m6tctl up "$CONF"
at_exit "in_ns $GW m6tctl down $CONF"
nodes_run "$SELFTESTS/gateway/upgrade.py" "$GW" "$HA" "$CONF" $NODES
finish
