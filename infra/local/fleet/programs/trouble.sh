# Every program of a host begins with this: it does what a test has ordered for it (the control API's `trouble`).
trouble=$HOST_ROOT/trouble
program=${0##*/}
{
  printf '%s' "$program"
  printf ' %q' "$@"
  printf '\n'
} >>"$HOST_ROOT/ran.programs"
if [[ -e $trouble/$program.hang ]]; then exec sleep infinity; fi
if [[ -e $trouble/$program.flood ]]; then head -c "$(<"$trouble/$program.flood")" /dev/zero | tr '\0' x | fold -w 100; fi
if [[ -e $trouble/$program.garbage ]]; then printf '0.000001 garbage[1]: \377\376\300\200 \033[31m\n'; fi
if [[ -e $trouble/$program.output ]]; then
  cat "$trouble/$program.output"
  exit "$(<"$trouble/$program.status")"
fi
