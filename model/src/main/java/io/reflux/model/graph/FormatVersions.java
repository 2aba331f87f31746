package io.reflux.model.graph;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Versions of the file format, which say among others which element types there are. */
final class FormatVersions {

    /** By the first operator set that came with them; from ONNX's table of versions. */
    private static final NavigableMap<Integer, Long> TABLE =
            new TreeMap<>(Map.of(13, 7L, 15, 8L, 19, 9L, 21, 10L, 23, 11L, 24, 12L, 25, 13L));

    private FormatVersions() {}

    /** The version that a version of ONNX's operator set came with. */
    static long of(int opset) {
        return TABLE.floorEntry(Math.max(opset, TABLE.firstKey())).getValue();
    }
}
