package io.reflux.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Builds the SHA-256 fingerprint of a data set. Numbers enter as 8 bytes, most significant first; texts as UTF-8 after
 * their length in bytes, so that no two sequences of parts share their bytes.
 */
public final class Fingerprint {

    private final MessageDigest digest;

    /** Begins with the name of what is digested and how, such as {@code reflux-images-1}. */
    public Fingerprint(String scheme) {
        digest = sha256();
        addText(scheme);
    }

    /** The fingerprint of a set's content: shape, classes, size, then label and pixels of each sample in order. */
    public static String ofContent(ImageDataSet set) {
        Fingerprint fingerprint = new Fingerprint("reflux-images-1").addShape(set);
        byte[] sample = new byte[1 + set.shape().elements()];
        for (long id = 0; id < set.size(); id++) {
            sample[0] = (byte) set.label(id);
            set.copyPixels(id, sample, 1);
            fingerprint.addBytes(sample);
        }
        return fingerprint.hex();
    }

    /** Adds a set's shape, number of classes and size. */
    public Fingerprint addShape(ImageDataSet set) {
        for (int dimension : set.shape().dimensions()) {
            addNumber(dimension);
        }
        return addNumber(set.numClasses()).addNumber(set.size());
    }

    /** Adds one number. */
    public Fingerprint addNumber(long value) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
        return this;
    }

    /** Adds one text. */
    public Fingerprint addText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return addNumber(bytes.length).addBytes(bytes);
    }

    /** Adds bytes as they are; their number must follow from what was added before. */
    public Fingerprint addBytes(byte[] bytes) {
        digest.update(bytes);
        return this;
    }

    /** The fingerprint, 64 lower-case hexadecimal digits; begins anew afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: absent from this JVM (expected: in every Java platform)", e);
        }
    }
}
