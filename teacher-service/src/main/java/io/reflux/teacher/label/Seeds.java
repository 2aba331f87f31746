package io.reflux.teacher.label;

import com.google.protobuf.ByteString;

/** Seeds of what is drawn at random about a sample, which depend on what the sample is and on nothing else. */
final class Seeds {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long ODD = 0x9e3779b97f4a7c15L;

    private Seeds() {}

    /** The seed of a view. */
    static long ofView(long sampleId, long augmentationSeed) {
        return mixed(mixed(sampleId + ODD) + augmentationSeed);
    }

    /** The seed of a sample by value: FNV-1a of its bytes. */
    static long ofContent(ByteString data, int from, int length) {
        long hash = FNV_OFFSET;
        for (int i = from; i < from + length; i++) {
            hash = (hash ^ data.byteAt(i) & 0xff) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /** The seed of a sample's position; at position 0 that of the sample. */
    static long ofPosition(long sampleSeed, int position) {
        return position == 0 ? sampleSeed : mixed(sampleSeed + position * ODD);
    }

    /** Spreads every bit over all: neighbouring ids get seeds that have nothing in common. */
    private static long mixed(long value) {
        long z = value;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
