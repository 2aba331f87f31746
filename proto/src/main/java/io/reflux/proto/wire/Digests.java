package io.reflux.proto.wire;

import com.google.protobuf.ByteString;
import java.util.HexFormat;

/** SHA-256 digests: 32 bytes on the wire, 64 lower-case hexadecimal digits for people. */
public final class Digests {

    /** Length of a digest on the wire. */
    public static final int BYTES = 32;

    private Digests() {}

    /**
     * The wire form of a digest.
     *
     * @throws IllegalArgumentException if {@code hex} is not 64 hexadecimal digits
     */
    public static ByteString fromHex(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("digest: " + hex + " (expected: 64 hexadecimal digits)");
        }
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    /** The form for people, whatever the length of {@code digest}. */
    public static String toHex(ByteString digest) {
        return HexFormat.of().formatHex(digest.toByteArray());
    }
}
