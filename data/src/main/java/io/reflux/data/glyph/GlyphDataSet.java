package io.reflux.data.glyph;

import io.reflux.data.Fingerprint;
import io.reflux.data.ImageDataSet;
import io.reflux.data.SampleShape;
import io.reflux.data.random.PhiloxStream;
import io.reflux.data.random.Purpose;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Handwritten-looking digits, 28 by 28 pixels, white on black: an endless set drawn from vector strokes. Sample i is a
 * pure function of the seed and i, equal to the bit on every machine: it is computed with basic arithmetic, square roots
 * and {@link StrictMath} only. Labels are independent and uniform. Thread-safe.
 *
 * <p>Drawn samples are kept, up to 64 Ki of them (one per id modulo 64 Ki, 55 MB when full), as training shows them in
 * every epoch.
 */
public final class GlyphDataSet implements ImageDataSet {

    /** Rows and columns of a glyph. */
    static final int SIDE = 28;

    private static final int NUM_CLASSES = 10;
    private static final SampleShape SHAPE = new SampleShape(1, SIDE, SIDE);
    private static final int CACHE_SLOTS = 1 << 16;
    /** Samples that enter the fingerprint: two programs that draw differently do not pass for the same set. */
    private static final int FINGERPRINT_SAMPLES = 64;

    private final long seed;
    private final long size;
    private final AtomicReferenceArray<@Nullable Drawn> cache;
    private volatile @Nullable String fingerprint;

    private record Drawn(long sampleId, byte[] pixels) {}

    /**
     * The first {@code size} glyphs of a seed.
     *
     * @throws IllegalArgumentException if {@code size < 1}
     */
    public GlyphDataSet(long seed, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("size: %d (expected: >= 1)".formatted(size));
        }
        this.seed = seed;
        this.size = size;
        this.cache = new AtomicReferenceArray<>((int) Math.min(size, CACHE_SLOTS));
    }

    @Override
    public String name() {
        return "glyphs";
    }

    @Override
    public SampleShape shape() {
        return SHAPE;
    }

    @Override
    public int numClasses() {
        return NUM_CLASSES;
    }

    @Override
    public long size() {
        return size;
    }

    /** As the set is endless: over its seed, its size and its first 64 samples. */
    @Override
    public String fingerprint() {
        String known = fingerprint;
        if (known == null) {
            Fingerprint parts =
                    new Fingerprint("reflux-glyphs-1").addShape(this).addNumber(seed);
            byte[] pixels = new byte[SHAPE.elements()];
            for (int id = 0; id < Math.min(size, FINGERPRINT_SAMPLES); id++) {
                copyPixels(id, pixels, 0);
                parts.addNumber(label(id)).addBytes(pixels);
            }
            known = parts.hex();
            fingerprint = known;
        }
        return known;
    }

    @Override
    public int label(long sampleId) {
        return new PhiloxStream(seed, Purpose.GLYPH_LABEL, checkSampleId(sampleId)).nextInt(NUM_CLASSES);
    }

    @Override
    public void copyPixels(long sampleId, byte[] target, int offset) {
        Objects.checkFromIndexSize(offset, SHAPE.elements(), target.length);
        byte[] pixels = drawn(checkSampleId(sampleId));
        System.arraycopy(pixels, 0, target, offset, pixels.length);
    }

    private byte[] drawn(long sampleId) {
        int slot = (int) (sampleId % cache.length());
        Drawn kept = cache.get(slot);
        if (kept == null || kept.sampleId() != sampleId) {
            // Two threads may both draw it; they draw the same.
            kept = new Drawn(sampleId, draw(sampleId));
            cache.set(slot, kept);
        }
        return kept.pixels();
    }

    private byte[] draw(long sampleId) {
        byte[] pixels = new byte[SHAPE.elements()];
        Hand hand = new Hand(new PhiloxStream(seed, Purpose.GLYPH_HAND, sampleId));
        Glyph.draw(label(sampleId), hand, pixels);
        return pixels;
    }
}
