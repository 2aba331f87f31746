package io.reflux.model.operator.layout;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.spi.InputUse;
import io.reflux.model.operator.spi.Integers;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Operator;
import io.reflux.model.operator.spi.Problems;
import io.reflux.model.operator.spi.ScriptEmitter;
import io.reflux.model.operator.spi.ScriptText;
import io.reflux.model.operator.spi.Shapes;
import io.reflux.model.operator.spi.SymbolicInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A tensor of other sizes along some axes, its elements read at places between those of the input: the nearest one, or
 * a mean of the two (linear) or four (cubic) around the place, axis by axis.
 */
final class Resize implements Operator {

    private static final Set<String> MODES = Set.of("nearest", "linear", "cubic");

    @Override
    public String type() {
        return "Resize";
    }

    @Override
    public String limits() {
        return "no antialias, no tf_crop_and_resize, half_pixel_symmetric not for nearest, "
                + "keep_aspect_ratio_policy stretch; resized axes of known size";
    }

    @Override
    public List<String> problems(GraphNode node, NodeContext context) {
        Attributes attributes = node.attributes();
        String mode = attributes.getString("mode", "nearest");
        String coordinates = Sampling.coordinates(node);
        String nearest = Sampling.nearest(node);
        String policy = attributes.getString("keep_aspect_ratio_policy", "stretch");
        long antialias = attributes.getInt("antialias", 0);
        return new Problems(node, 1, 4)
                .oneOutput()
                .expect(node.hasInput(2) != node.hasInput(3), "scales and sizes", "both or neither", "one of them")
                .expect(MODES.contains(mode), "mode", mode, "nearest, linear or cubic")
                .expect(
                        Sampling.COORDINATES.contains(coordinates),
                        "coordinate_transformation_mode",
                        coordinates,
                        String.join(", ", Sampling.COORDINATES.stream().sorted().toList()))
                .expect(
                        Sampling.NEAREST.contains(nearest),
                        "nearest_mode",
                        nearest,
                        String.join(", ", Sampling.NEAREST.stream().sorted().toList()))
                .expect(policy.equals("stretch"), "keep_aspect_ratio_policy", policy, "stretch")
                // ONNX Runtime breaks its ties by an error of rounding that cannot be followed.
                .expect(
                        !(mode.equals("nearest") && coordinates.equals("half_pixel_symmetric")),
                        "coordinate_transformation_mode",
                        coordinates,
                        "another one for mode nearest")
                .expect(antialias == 0, "antialias", antialias, "0")
                .list();
    }

    @Override
    public List<List<Long>> outputShapes(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> y = new ArrayList<>(x);
        samplings(node, context).forEach(sampling -> y.set(sampling.axis(), (long) sampling.outputs()));
        return List.of(List.copyOf(y));
    }

    @Override
    public InputUse use(int input) {
        return input == 0 ? InputUse.CONTENT : InputUse.SETTING;
    }

    @Override
    public void emit(GraphNode node, ScriptEmitter out) {
        List<Sampling> samplings = samplings(node, out);
        String y = out.value(node.input(0));
        String fused = fused(node, samplings, out);
        if (!fused.isEmpty()) {
            out.assign(node.output(0), fused);
            return;
        }
        for (Sampling sampling : samplings) {
            String x = out.temporary();
            out.line(x + " = " + y);
            y = sampling.script(x, out.shape(node.input(0)).size(), out);
        }
        out.assign(node.output(0), y);
    }

    /** libtorch's own function for images that are resized along both spatial axes; "" where it has none. */
    private static String fused(GraphNode node, List<Sampling> samplings, ScriptEmitter out) {
        boolean image = out.shape(node.input(0)).size() == 4
                && samplings.stream().map(Sampling::axis).toList().equals(List.of(2, 3))
                && samplings.stream().allMatch(Sampling::isExact);
        String mode = node.attributes().getString("mode", "nearest");
        String coordinates = Sampling.coordinates(node);
        String x = out.value(node.input(0));
        String sizes =
                ScriptText.ints(samplings.stream().map(s -> (long) s.outputs()).toList());
        if (!image) {
            return "";
        }
        if (mode.equals("nearest")
                && coordinates.equals("asymmetric")
                && Sampling.nearest(node).equals("floor")) {
            return "torch.upsample_nearest2d(" + x + ", " + sizes + ", None)";
        }
        boolean corners = coordinates.equals("align_corners");
        boolean half = coordinates.equals("half_pixel") || coordinates.equals("pytorch_half_pixel");
        boolean large = samplings.stream().allMatch(sampling -> sampling.outputs() > 1);
        return mode.equals("linear") && large && (corners || half)
                ? "torch.upsample_bilinear2d(" + x + ", " + sizes + ", " + ScriptText.bool(corners) + ", None)"
                : "";
    }

    private static List<Sampling> samplings(GraphNode node, NodeContext context) {
        List<Long> x = context.shape(node.input(0));
        List<Long> all =
                IntStream.range(0, x.size()).mapToObj(axis -> (long) axis).toList();
        List<Long> axes = node.attributes().getInts("axes", all);
        List<Sampling> samplings = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            int axis = Shapes.axis(axes.get(i), x.size(), x.size());
            if (node.hasInput(3)) {
                SymbolicInt size = at(Integers.known(node, context, 3, "sizes").elements(), i, axes);
                if (!size.equals(context.size(node.input(0), axis))) {
                    requireKnown(x, axis, size.dimension());
                    samplings.add(Sampling.of(
                            node, axis, x.get(axis), size.dimension(), size.dimension() / (float) x.get(axis)));
                }
            } else {
                List<Float> scales = new ArrayList<>();
                for (float scale : context.constant(node.input(2)).floats()) {
                    scales.add(scale);
                }
                float scale = at(scales, i, axes);
                if (scale != 1) {
                    requireKnown(x, axis, 1);
                    samplings.add(Sampling.of(node, axis, x.get(axis), (long) Math.floor(x.get(axis) * scale), scale));
                }
            }
        }
        return samplings;
    }

    private static <T> T at(List<T> values, int i, List<Long> axes) {
        if (values.size() != axes.size()) {
            throw Shapes.mismatch(values.size() + " scales or sizes", "one for each of " + axes.size() + " axes");
        }
        return values.get(i);
    }

    private static void requireKnown(List<Long> x, int axis, long size) {
        if (x.get(axis) == Shapes.FREE || size < 1) {
            throw Shapes.mismatch("X " + x + " resized along axis " + axis + " to " + size, "known sizes >= 1");
        }
    }
}
