# SPDX-License-Identifier: GPL-2.0-only
#
#   make                module and tools, for the running kernel or KDIR=
#   make demo           a mobile node behind a NAT, in a throwaway kernel
#   make demo-dsmip     the same for DSMIPv6: it moves to another network
#   make demo-dsmip6    it moves between networks of IPv6 and IPv4, and home
#   make quick          the tests, on uml: before each commit
#   make check          the tests, on debian-6.1 and uml, some on uml-debug
#   make check-all      the tests, on every kernel and every sanitizer
#   make bench          speed compared with other tunnels; bench.json, bench.svg
#   make bench-exact    cost in instructions; bench-exact.json
#   make scale          up to a million bindings; scale.json, scale.svg
#   make soak           the long versions of fuzzing, races, floods and the like
#   make coverage       which lines of the module the tests run, and why not others
#   make install        tools, man pages, completion and module; DESTDIR=
#   make dkms-install   the same, but the module through DKMS, for every kernel
#   make deb            Debian packages, for each release; see Documentation/m6t.rst
#   make uninstall      remove what either of them installed
#   make version        print it; it is set in include/m6t_version.h
#
# The object list is in Kbuild; the kernels for the tests are in selftests/lab.

VERSION	:= $(shell sed -n 's/^.define M6T_VERSION[^"]*"\(.*\)"/\1/p' include/m6t_version.h)

KVER	?= $(shell uname -r)
KDIR	?= /lib/modules/$(KVER)/build
PREFIX	?= /usr/local
MANDIR	?= $(PREFIX)/share/man
DKMS	?= dkms
DKMSDIR	:= /usr/src/m6t-$(VERSION)

# Relative to where make was started, not to the folders that it descends into.
override DESTDIR := $(abspath $(DESTDIR))

SOURCES	:= Kbuild Kconfig COPYING $(filter-out %.mod.c,$(wildcard *.c dsmip/*.c gw/*.c outer/*.c)) \
	   include

all: module tools

module:
	@test -d $(KDIR) || { echo "there are no kernel headers in $(KDIR): install them (linux-headers-$(KVER)) or give KDIR=" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools:
	$(MAKE) -C tools

version:
	@echo $(VERSION)

demo:
	@selftests/demo

demo-dsmip:
	@selftests/demo --dsmip

demo-dsmip6:
	@selftests/demo --dsmip6

quick:
	@selftests/check --quick

check:
	@selftests/check

check-all:
	@selftests/check --all

bench:
	@selftests/bench/run

bench-exact:
	@selftests/bench/exact

scale:
	@selftests/bench/scale

soak:
	@selftests/soak

coverage:
	@selftests/coverage

deb:
	@selftests/lab/deb

clean:
	$(MAKE) -C tools clean
	test ! -d $(KDIR) || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

# For the kernel that the module was built for; its headers may not name the release.
DEPMOD	= PATH="$$PATH:/usr/sbin:/sbin"; \
	  depmod "$$(modinfo -F vermagic ./m6t.ko | cut -d ' ' -f 1)"

# The kernel's own modules_install does not run depmod if there is no System.map, as in
# Debian's headers.
install: module
	$(MAKE) install-tools DESTDIR=$(DESTDIR)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_DIR=updates \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,$(DEPMOD))

install-tools: tools
	$(MAKE) -C tools install DESTDIR=$(DESTDIR)
	install -d $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man8
	install -m 644 Documentation/man/*.5 $(DESTDIR)$(MANDIR)/man5
	install -m 644 Documentation/man/*.8 $(DESTDIR)$(MANDIR)/man8

# What DKMS builds the module from.
install-source:
	rm -rf $(DESTDIR)$(DKMSDIR)
	install -d $(DESTDIR)$(DKMSDIR)
	cp -r --parents $(SOURCES) $(DESTDIR)$(DKMSDIR)
	sed 's/#MODULE_VERSION#/$(VERSION)/' tools/install/dkms.conf >$(DESTDIR)$(DKMSDIR)/dkms.conf

# DKMS builds the module for every kernel whose headers are installed now or later.
dkms-install: install-tools install-source
	test -n "$(DESTDIR)" || DKMS="$(DKMS)" tools/install/dkms-install $(VERSION)

uninstall:
	$(MAKE) -C tools uninstall DESTDIR=$(DESTDIR)
	rm -f $(DESTDIR)$(MANDIR)/man5/m6t.conf.5 \
		$(DESTDIR)$(MANDIR)/man8/m6tctl.8 \
		$(DESTDIR)$(MANDIR)/man8/m6tmipd.8 \
		$(DESTDIR)$(MANDIR)/man8/ip-link-m6t.8
	tools/install/module-remove $(DESTDIR)
	test -n "$(DESTDIR)" || DKMS="$(DKMS)" tools/install/dkms-remove
	rm -rf $(DESTDIR)$(DKMSDIR)

.PHONY: all module tools version demo demo-dsmip demo-dsmip6 quick check check-all bench bench-exact scale soak \
	coverage deb clean install install-tools install-source dkms-install uninstall
