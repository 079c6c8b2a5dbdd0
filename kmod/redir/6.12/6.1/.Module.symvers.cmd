cmd_/tmp/redir.n6a5/6.1/Module.symvers :=  sed 's/ko$$/o/'  /tmp/redir.n6a5/6.1/modules.order | scripts/mod/modpost -m     -W -o /tmp/redir.n6a5/6.1/Module.symvers -e -i Module.symvers -T - 
