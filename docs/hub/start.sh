# Starts a user's server, as that user, in ~/prunelab. JupyterHub hands over its own arguments.
set -e
mkdir -p ~/prunelab/labs
chmod 700 ~/prunelab # students cannot copy from each other
cd ~/prunelab
if [ -d solutions ]; then # an instructor's own copy of the repository, with its own installation
    commands=$PWD/.venv/bin
else # a student: existing files are theirs and stay
    commands=$PRUNELAB_COURSE/.venv/bin
    cp -rf "$PRUNELAB_COURSE/labs/.originals" labs/
    for part in "$PRUNELAB_COURSE"/labs/*; do
        [ -e "labs/${part##*/}" ] || cp -r "$part" labs/
    done
fi
export PATH="$commands:$PATH"
exec jupyterhub-singleuser --ServerApp.root_dir="$PWD" "$@"
