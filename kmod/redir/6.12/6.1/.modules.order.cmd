cmd_/tmp/redir.n6a5/6.1/modules.order := {   cat /tmp/redir.n6a5/6.1/kmod/modules.order; :; } > /tmp/redir.n6a5/6.1/modules.order
