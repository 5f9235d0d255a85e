# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests with IKE: strongSwan, as Debian ships it, on a mobile node
# (mn) and on its home agent (ha). The home address is from a pool, and the tunnel
# is for its packets to SERVER.

# shellcheck disable=SC2317,SC2329	# called indirectly

CHARON=/usr/lib/ipsec/charon
HOME_PREFIX=2001:db8:2::/64 SERVER=2001:db8:3::1

# ike_daemon NETNS NAME [SETTING]...: a separate charon, with all its files in
# $TMP/NAME. ip netns exec gives it a mount namespace, so its /run is its own as
# well.
ike_daemon()
{
	local dir=$TMP/$2 netns=$1

	mkdir "$dir"
	shift 2
	cat >"$dir/strongswan.conf" <<-END
	charon {
		load = random nonce aes gcm sha1 sha2 hmac kdf curve25519 kernel-netlink socket-default vici
		retransmit_timeout = 0.5
		retransmit_base = 1
		retransmit_tries = 100
		$(printf '%s\n' "$@")
		plugins {
			vici {
				socket = unix://$dir/vici
			}
		}
		filelog {
			log {
				path = $dir/log
				flush_line = yes
				time_format = %s
				time_add_ms = yes
			}
		}
	}
	swanctl {
		load = random
	}
	END
	start "$netns" sh -c 'mount -t tmpfs run /run && exec env STRONGSWAN_CONF='"$dir/strongswan.conf $CHARON" >"$dir/out" 2>&1
}

# swan NAME WORD...: swanctl of this daemon.
swan()
{
	local dir=$TMP/$1

	STRONGSWAN_CONF=$dir/strongswan.conf swanctl "${@:2}" \
		--uri "unix://$dir/vici"
}

# ike_conf MOBIKE LOCAL ID PEER MORE TRAFFIC: the configuration of a side, for a
# tunnel between the two IDs.
ike_conf()
{
	cat <<-END
	connections {
		home {
			version = 2
			mobike = $1
			proposals = aes128gcm16-prfsha256-curve25519
			local_addrs = $2
			$5
			local {
				auth = psk
				id = $3
			}
			remote {
				auth = psk
				id = $4
			}
			children {
				home {
					$6
					esp_proposals = aes128gcm16
				}
			}
		}
	}
	pools {
		home {
			addrs = $HOME_PREFIX
		}
	}
	secrets {
		ike {
			secret = "not a secret"
		}
	}
	END
}

# ike_config MOBIKE LOCAL: configure both daemons. The mobile node's care-of
# address is LOCAL, or %any of those that it has.
ike_config()
{
	local name

	ike_conf "$1" "$2" mn.example ha.example "remote_addrs = $HA6
		vips = ::" "remote_ts = $SERVER" >"$TMP/mn/swanctl.conf"
	ike_conf "$1" $HA6 ha.example mn.example "pools = home" \
		"local_ts = $SERVER" >"$TMP/ha/swanctl.conf"
	for name in mn ha; do
		need wait_for swan $name --stats
		need swan $name --load-all --file "$TMP/$name/swanctl.conf" \
			>"$TMP/load" 2>&1
	done
}

# The tunnel as the daemon of NAME shows it: key=value, one a line, in
# $TMP/NAME/sas.
ike_ask()
{
	swan "$1" --list-sas --raw | tr ' {}' '[\n*]' >"$TMP/$1/sas"
}

# ike_value NAME KEY: its value.
ike_value()
{
	sed -n "s/^$2=//p" "$TMP/$1/sas" | head -n 1
}
