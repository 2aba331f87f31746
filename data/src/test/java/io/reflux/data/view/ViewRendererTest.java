package io.reflux.data.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.reflux.data.PatternDataSet;
import io.reflux.data.SampleIds;
import io.reflux.data.SampleShape;
import io.reflux.data.sampling.ViewSampler;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class ViewRendererTest {

    private static final SampleShape SHAPE = new SampleShape(2, 5, 4);
    private static final PatternDataSet SET = new PatternDataSet(SHAPE, 10, 200);

    @Test
    void views_ofAnEpoch_areThoseOfTheReferenceProgram() throws Exception {
        // From the Python program in docs/views.md, run over the pattern set's formula.
        assertThat(digestOfAnEpoch(Augmentation.shifts(2)))
                .isEqualTo("a148fd07b47b4b52d43491bb425ae24142c2e940dbbfe85dbc931dc18bcebbc2");
        assertThat(digestOfAnEpoch(new Augmentation(2, true)))
                .isEqualTo("2957861b0a50d97713dea1868ef4b37117d67fc04ec697ab6524dad4beba7593");
        assertThat(digestOfAnEpoch(new Augmentation(0, true)))
                .isEqualTo("8e4e4847d4766c8e7938f0bda37cf3830a21c0069987e20dc8780f6bbaf4a92a");
    }

    private static String digestOfAnEpoch(Augmentation augmentation) throws Exception {
        ViewRenderer renderer = new ViewRenderer(SET, augmentation);
        ViewSampler sampler = new ViewSampler(SampleIds.all(SET), 200, 42, augmentation, false);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] pixels = new byte[SHAPE.elements()];
        for (View view : sampler.next().views()) {
            renderer.renderPixels(view, pixels, 0);
            digest.update(pixels);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Property
    void renderPixels_equalsTheDefinition(
            @ForAll @LongRange(max = 199) long sampleId,
            @ForAll long seed,
            @ForAll @IntRange(max = 8) int maxShift,
            @ForAll boolean flip,
            @ForAll @IntRange(max = 3) int offset) {
        Augmentation augmentation = new Augmentation(maxShift, flip);
        View view = new View(sampleId, seed);
        byte[] target = new byte[offset + SHAPE.elements() + 1];
        Arrays.fill(target, (byte) 99);

        new ViewRenderer(SET, augmentation).renderPixels(view, target, offset);

        byte[] expected = new byte[target.length];
        Arrays.fill(expected, (byte) 99);
        System.arraycopy(
                defined(sampleId, augmentation.shift(view), augmentation.mirrors(view)),
                0,
                expected,
                offset,
                SHAPE.elements());
        assertThat(target).isEqualTo(expected);
    }

    /** The definition in docs/views.md, pixel by pixel. */
    private static byte[] defined(long sampleId, Shift shift, boolean mirrored) {
        byte[] sample = new byte[SHAPE.elements()];
        SET.copyPixels(sampleId, sample, 0);
        byte[] view = new byte[sample.length];
        for (int c = 0; c < SHAPE.channels(); c++) {
            for (int y = 0; y < SHAPE.height(); y++) {
                for (int x = 0; x < SHAPE.width(); x++) {
                    int fromY = y - shift.down();
                    int fromX = x - shift.right();
                    boolean inside = fromY >= 0 && fromY < SHAPE.height() && fromX >= 0 && fromX < SHAPE.width();
                    int column = mirrored ? SHAPE.width() - 1 - fromX : fromX;
                    view[(c * SHAPE.height() + y) * SHAPE.width() + x] =
                            inside ? sample[(c * SHAPE.height() + fromY) * SHAPE.width() + column] : 0;
                }
            }
        }
        return view;
    }

    @Test
    void render_scalesEachChannelOfEachViewInOrder() {
        ViewRenderer renderer = new ViewRenderer(SET, Augmentation.shifts(1));
        PixelScaling scaling = new PixelScaling(List.of(0.25f, 0.5f), List.of(0.5f, 2f));
        List<View> views = List.of(new View(3, 77), View.plain(150));
        float[] target = new float[2 * SHAPE.elements()];

        renderer.render(views, scaling, target);

        byte[] pixels = new byte[target.length];
        renderer.renderPixels(views.get(0), pixels, 0);
        renderer.renderPixels(views.get(1), pixels, SHAPE.elements());
        float[] expected = new float[target.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = scaling.apply(i / 20 % 2, pixels[i] & 0xFF);
        }
        assertThat(target).isEqualTo(expected);
    }

    @Test
    void render_ofNoViews_touchesNothing() {
        float[] target = {7};

        new ViewRenderer(SET, Augmentation.NONE).render(List.of(), PixelScaling.UNIT, target);

        assertThat(target).containsExactly(7);
    }

    @Test
    void render_ofUnknownSample_isRejected() {
        ViewRenderer renderer = new ViewRenderer(SET, Augmentation.shifts(2));

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> renderer.renderPixels(new View(200, 5), new byte[40], 0))
                .withMessage("sampleId: 200 (expected: 0 to 199, data set pattern)");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> renderer.renderPixels(View.plain(-1), new byte[40], 0))
                .withMessage("sampleId: 18446744073709551615 (expected: 0 to 199, data set pattern)");
    }

    @Test
    void render_intoTooSmallATarget_isRejected() {
        ViewRenderer renderer = new ViewRenderer(SET, Augmentation.NONE);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> renderer.render(List.of(View.plain(0)), PixelScaling.UNIT, new float[39]));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> renderer.renderPixels(View.plain(0), new byte[40], 1));
    }

    @Test
    void render_withScalingOfOtherChannels_isRejected() {
        PixelScaling three = new PixelScaling(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ViewRenderer(SET, Augmentation.NONE).render(List.of(View.plain(0)), three, new float[40]))
                .withMessage("pixel scaling: 3 means (expected: 1 or 2, one per channel)");
    }
}
