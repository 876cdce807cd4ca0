# Bash reads this before a script (BASH_ENV). Of the scripts that the agent was given, it writes down every command, with what
# became of its words, so that a test can prove what a shell never saw. What such a script starts is not traced any further.
unset BASH_ENV
case $0 in
  */_script.sh)
    exec {BASH_XTRACEFD}>>"$HOST_ROOT/ran.trace"
    PS4='+ '
    set -x
    ;;
esac
