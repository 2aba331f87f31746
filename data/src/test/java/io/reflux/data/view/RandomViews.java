package io.reflux.data.view;

import io.reflux.data.DataSet;
import io.reflux.data.ImageDataSet;
import io.reflux.data.PatternDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.SampleShape;
import io.reflux.data.TextDataSet;
import io.reflux.data.Vocabulary;
import io.reflux.data.glyph.GlyphDataSet;
import io.reflux.data.sampling.ViewSampler;
import io.reflux.data.text.TextWindows;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Views of sets, augmentations and seeds drawn from one seed, as a digest of their pixels for each draw. A program too, so
 * that another JVM can be asked for the same: {@code RandomViews SEED}.
 */
final class RandomViews {

    private static final int DRAWS = 80;
    private static final int VIEWS = 50;

    private final Random random;

    private RandomViews(long seed) {
        random = new Random(seed);
    }

    public static void main(String[] arguments) {
        digests(Long.parseLong(arguments[0])).forEach(System.out::println);
    }

    /** What was drawn and the SHA-256 of its views, for each of {@value #DRAWS} draws of {@value #VIEWS} views. */
    static List<String> digests(long seed) {
        RandomViews views = new RandomViews(seed);
        List<String> digests = new ArrayList<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            digests.add(draw % 8 == 7 ? views.text() : views.images(draw % 2 == 0));
        }
        return digests;
    }

    private String images(boolean glyphs) {
        SampleShape shape = new SampleShape(1 + random.nextInt(4), 1 + random.nextInt(40), 1 + random.nextInt(40));
        ImageDataSet set = glyphs
                ? new GlyphDataSet(random.nextLong(), 1 + random.nextInt(1000))
                : new PatternDataSet(shape, 1 + random.nextInt(20), 1 + random.nextInt(1000));
        Augmentation augmentation = new Augmentation(random.nextInt(Augmentation.MAX_SHIFT + 1), random.nextBoolean());
        PixelScaling scaling = PixelScaling.of(random.nextFloat(), random.nextFloat() + 0.01f);
        ViewRenderer renderer = new ViewRenderer(set, augmentation);
        float[] numbers = new float[VIEWS * set.shape().elements()];
        renderer.render(drawn(set, augmentation), scaling, numbers);
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return "%s of %s, %s, %s: %s".formatted(set.name(), set.shape(), augmentation, scaling, digest(set, bytes));
    }

    private String text() {
        String letters = "abcdefghijklmnopqrstuvwxyz".substring(0, 2 + random.nextInt(24));
        int[] tokens = random.ints(2000, 0, letters.length()).toArray();
        TextDataSet set = new TextWindows(
                "letters", Vocabulary.ofCharacters(letters), tokens, 1 + random.nextInt(200), 1 + random.nextInt(5));
        long[] ids = new long[VIEWS * set.length()];
        int next = 0;
        for (View view : drawn(set, Augmentation.NONE)) {
            set.copyTokens(view.sampleId(), ids, next);
            next += set.length();
        }
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * Long.BYTES);
        for (long id : ids) {
            bytes.putLong(id);
        }
        return "%d letters of %s: %s".formatted(letters.length(), set.sampleDescription(), digest(set, bytes));
    }

    /** Half of them as a sampler names them, half with any seeds. */
    private List<View> drawn(DataSet set, Augmentation augmentation) {
        List<View> views = new ArrayList<>();
        ViewSampler sampler =
                new ViewSampler(SampleIds.all(set), VIEWS / 2, random.nextLong(), augmentation, random.nextBoolean());
        views.addAll(sampler.next().views());
        while (views.size() < VIEWS) {
            views.add(new View(random.nextInt((int) set.size()), random.nextLong()));
        }
        return views;
    }

    /** Of the views, and of the set as its fingerprint has it. */
    private static String digest(DataSet set, ByteBuffer views) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(set.fingerprint()));
            return HexFormat.of().formatHex(digest.digest(views.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
