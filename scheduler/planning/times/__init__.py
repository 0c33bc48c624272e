"""When a post goes out: wall-clock time, slots, repetition, pools, lateness."""
