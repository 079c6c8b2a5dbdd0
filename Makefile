# SPDX-License-Identifier: GPL-2.0-only
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(lastword $(sort $(wildcard /lib/modules/*/build))))
INSTALL_MOD_DIR ?= updates
T ?=

all: modules userspace uml

modules:
	@test -n "$(KDIR)" || { echo "no kernel headers found: install linux-headers-amd64, or say KDIR="; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

userspace:
	@$(MAKE) -C userspace

# The kernel of laboratories and our modules for it.
uml:
	tools/build-uml --flavour fast --modules

check:
	tools/install-deps
	@selftests/run $(if $(T),'$(T)')

# And all that takes hours.
check-full:
	tools/install-deps
	@selftests/run --full $(if $(T),'$(T)')

# The whole honeyfarm, with intruders in it.
demo:
	tools/install-deps
	@selftests/demo/run

# Side by side with Linux's own ways; build/bench.json.
bench:
	tools/install-deps
	@rm -f build/bench.json
	@selftests/bench/insn
	@selftests/bench/ring
	@selftests/bench/full
	@selftests/bench/memory
	@selftests/bench/wall
	@selftests/bench/summary

lint:
	tools/install-deps
	selftests/run --lane lint --lane static

fuzz:
	tools/install-deps
	@$(MAKE) -s -C userspace/fuzz fuzz

coverage:
	tools/install-deps
	@$(MAKE) -s -C selftests/unit coverage

modules_install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_DIR=$(INSTALL_MOD_DIR) modules_install

install uninstall:
	@$(MAKE) -C userspace $@

clean:
	rm -rf build
	$(if $(KDIR),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)

help:
	@echo "make                  kernel modules (KDIR=$(KDIR)), userspace, UML kernel"
	@echo "make demo             a whole honeyfarm with an intruder in it, in UML"
	@echo "make check [T=NAME]   every test, or one; installs what it needs first"
	@echo "make check-full       and the long ones: many rounds, all tests on Debian's kernels"
	@echo "make bench            what a packet costs beside Linux's own ways, build/bench.json"
	@echo "make lint             static checks only"
	@echo "make fuzz [F=pkt] SECS=600 one fuzzer, or each, for as long as wanted"
	@echo "make coverage         do the unit tests reach every branch of kmod/lib?"
	@echo "make uml              the UML kernel and modules for it, cached outside the tree"
	@echo "make modules_install  install the modules into KDIR's kernel"
	@echo "make install          install collapsarctl and collapsard (DESTDIR=, PREFIX=)"
	@echo "make uninstall        remove it again"
	@echo "make clean            remove what was built in the tree"

.PHONY: all modules userspace uml demo check check-full bench lint fuzz coverage modules_install install uninstall clean help
