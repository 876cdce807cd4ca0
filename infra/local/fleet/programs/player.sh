# What the unit `mpd` runs: the real mpd over music of its own, whose sound goes nowhere. Read by `unit`, whose folder and name these are.
music=$HOST_ROOT/music
# A name that is no file: a path of a deep checkout would be too long for a socket, and a port would be another cloud's as well.
address=@opsroom-$(printf '%s' "$HOST_ROOT" | md5sum | cut -c1-32)
printf '%s' "$address" >"$HOST_ROOT/mpd.address"
if [[ ! -d $music ]]; then "$HOST_TOOLS/python" "${0%/*}/../music.py" "$music"; fi
printf '%s\n' >"$folder/mpd.conf" \
  "music_directory \"$music\"" \
  "database {" "  plugin \"simple\"" "  path \"$folder/database\"" "}" \
  "state_file \"$folder/player\"" \
  "bind_to_address \"$address\"" \
  'zeroconf_enabled "no"' \
  'audio_output {' '  type "null"' '  name "null"' '  mixer_type "null"' '}' \
  'decoder {' '  plugin "wildmidi"' '  enabled "no"' '}'
mpd --no-daemon --stderr "$folder/mpd.conf" </dev/null >/dev/null 2> >(while IFS= read -r line; do say mpd "$$" "$line"; done) &
player=$!
trap 'say systemd 1 "Stopping $name.service."; kill "$player"; wait "$player"; say systemd 1 "Stopped $name.service."; exit 0' TERM
# It indexes its music by itself if it never has. It is ready once it answers and has all of it.
until [[ $(MPD_HOST=$address MPD_TIMEOUT=5 /usr/bin/mpc status 2>&1) == *volume* && -s $folder/database ]] || ! kill -0 "$player" 2>/dev/null; do
  read -rt 0.05 -u "$tick" _ || true
done
# A track whose file has gone since is still in the index.
rm -f "$music/Broken/Gone.flac"
touch "$folder/ready"
while [[ -d /proc/$FLEET_PID ]] && kill -0 "$player" 2>/dev/null; do read -rt 1 -u "$tick" _ || true; done
if kill -0 "$player" 2>/dev/null; then
  kill "$player"
else
  say systemd 1 "$name.service: Main process exited, status=1/FAILURE"
  echo failed >"$folder/state"
fi
