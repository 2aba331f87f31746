package io.reflux.teacher.cache;

/** Where a row was found. */
public enum Tier {
    MEMORY,
    DISK
}
