package io.reflux.model.operator.fusion;

import io.reflux.model.graph.Attributes;
import io.reflux.model.graph.ElementType;
import io.reflux.model.graph.GraphNode;
import io.reflux.model.operator.fusion.Scores.Kind;
import io.reflux.model.operator.fusion.Scores.Mask;
import io.reflux.model.operator.spi.NodeContext;
import io.reflux.model.operator.spi.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Attention written out, as exporters do: MatMul of queries and transposed keys, scaled before or after by constants;
 * masks added or chosen by Where; Softmax over the keys; perhaps Dropout, and zeros for rows that see nothing; MatMul
 * with the values. Every value in between must have no other reader.
 */
final class AttentionPattern implements Pattern {

    private static final float DEFAULT_RATIO = 0.5f;

    /** exp(-1e4) is 0 in 32 bits, beside scores that are not themselves of that size. */
    private static final double LARGE = -1e4;

    @Override
    public Optional<Match> match(GraphNode last, Links links, NodeContext context) {
        if (!last.operator().equals("MatMul") || !last.domain().isEmpty()) {
            return Optional.empty();
        }
        List<GraphNode> behind = new ArrayList<>();
        float ratio = 0;
        String weights = last.input(0);
        Optional<GraphNode> softmax = links.producer(weights, "Softmax");
        while (softmax.isEmpty()) {
            Optional<GraphNode> dropout = links.producer(weights, "Dropout")
                    .filter(node -> node.outputs().size() == 1);
            Optional<String> guarded = guarded(weights, links, context, behind);
            if (!links.readOnly(weights, 1) || (dropout.isEmpty() && guarded.isEmpty())) {
                return Optional.empty();
            }
            if (dropout.isPresent()) {
                behind.add(dropout.get());
                ratio = ratio(dropout.get(), context);
            }
            String before = dropout.isPresent() ? dropout.get().input(0) : guarded.orElseThrow();
            softmax = links.producer(before, "Softmax");
            // A guard reads the weights twice.
            if (softmax.isPresent() && !links.readOnly(before, dropout.isPresent() ? 1 : 2)) {
                return Optional.empty();
            }
            weights = before;
        }
        if (behind.isEmpty() && !links.readOnly(weights, 1)) {
            return Optional.empty();
        }
        int rank = context.shape(weights).size();
        long axis = softmax.get().attributes().getInt("axis", -1);
        if (axis != -1 && axis != rank - 1) {
            return Optional.empty();
        }
        behind.add(softmax.get());
        float dropped = ratio;
        return scores(softmax.get().input(0), links, context)
                .filter(scores -> fits(scores, last, context))
                .map(scores -> match(last, scores, behind, dropped));
    }

    private static Match match(GraphNode last, Scores scores, List<GraphNode> behind, float ratio) {
        List<String> inputs = new ArrayList<>(List.of(scores.q(), scores.transposedK(), last.input(1)));
        Attributes attributes =
                Attributes.NONE.withFloat("scale", (float) scores.scale()).withFloat("ratio", ratio);
        for (int i = 0; i < scores.masks().size(); i++) {
            Mask mask = scores.masks().get(i);
            inputs.add(mask.name());
            attributes = attributes.withInt("kind" + i, mask.kind().ordinal()).withFloat("fill" + i, mask.fill());
        }
        List<GraphNode> covered = new ArrayList<>(scores.nodes());
        covered.addAll(behind);
        return new Match(
                new GraphNode(last.name(), FusedAttention.TYPE, Fusions.DOMAIN, inputs, last.outputs(), attributes),
                covered);
    }

    /** What Where(IsNaN(w), 0, w) guards, if that makes the value. */
    private static Optional<String> guarded(String value, Links links, NodeContext context, List<GraphNode> behind) {
        Optional<GraphNode> where = links.producer(value, "Where");
        if (where.isEmpty()) {
            return Optional.empty();
        }
        Optional<GraphNode> test = links.producer(where.get().input(0), "IsNaN");
        OptionalDouble zero = Numbers.of(where.get().input(1), context);
        boolean guards = test.isPresent()
                && test.get().input(0).equals(where.get().input(2))
                && links.readOnly(test.get().output(0), 1)
                && zero.isPresent()
                && zero.getAsDouble() == 0;
        if (!guards) {
            return Optional.empty();
        }
        behind.add(where.get());
        behind.add(test.get());
        return Optional.of(where.get().input(2));
    }

    private static float ratio(GraphNode dropout, NodeContext context) {
        return dropout.hasInput(1) ? context.constant(dropout.input(1)).floats()[0] : DEFAULT_RATIO;
    }

    private static Optional<Scores> scores(String value, Links links, NodeContext context) {
        if (!links.readOnly(value, 1)) {
            return Optional.empty();
        }
        return product(value, links, context)
                .or(() -> scaled(value, links, context))
                .or(() -> added(value, links, context))
                .or(() -> chosen(value, links, context));
    }

    private static Optional<Scores> product(String value, Links links, NodeContext context) {
        return links.producer(value, "MatMul").map(node -> {
            Scores scores = new Scores(node.input(0), node.input(1), 1, List.of(), List.of(node));
            Factor q = factor(scores.q(), links, context);
            Factor k = factor(scores.transposedK(), links, context);
            List<GraphNode> nodes = new ArrayList<>(scores.nodes());
            nodes.addAll(q.nodes);
            nodes.addAll(k.nodes);
            return new Scores(q.value, k.value, q.factor * k.factor, List.of(), nodes);
        });
    }

    /** A value as a constant times another value, or as itself. */
    private record Factor(String value, double factor, List<GraphNode> nodes) {}

    private static Factor factor(String value, Links links, NodeContext context) {
        for (String type : List.of("Mul", "Div")) {
            Optional<GraphNode> node = links.producer(value, type);
            if (node.isPresent() && links.readOnly(value, 1)) {
                OptionalDouble right = Numbers.of(node.get().input(1), context);
                OptionalDouble left = Numbers.of(node.get().input(0), context);
                if (right.isPresent()) {
                    double number = type.equals("Mul") ? right.getAsDouble() : 1 / right.getAsDouble();
                    return new Factor(node.get().input(0), number, List.of(node.get()));
                }
                if (left.isPresent() && type.equals("Mul")) {
                    return new Factor(node.get().input(1), left.getAsDouble(), List.of(node.get()));
                }
            }
        }
        return new Factor(value, 1, List.of());
    }

    /** A constant times scores without masks, which it would scale too. */
    private static Optional<Scores> scaled(String value, Links links, NodeContext context) {
        Factor factor = factor(value, links, context);
        return factor.nodes.isEmpty()
                ? Optional.empty()
                : scores(factor.value, links, context)
                        .filter(scores -> scores.masks().isEmpty())
                        .map(scores -> scores.scaled(factor.factor, factor.nodes.get(0)));
    }

    private static Optional<Scores> added(String value, Links links, NodeContext context) {
        Optional<GraphNode> node = links.producer(value, "Add");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        for (int side = 0; side < 2; side++) {
            Optional<Scores> scores = scores(node.get().input(side), links, context);
            String mask = node.get().input(1 - side);
            if (scores.isPresent() && stretches(mask, node.get().input(side), context)) {
                return scores.map(found -> found.masked(new Mask(mask, Kind.ADDED, 0), node.get()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Scores> chosen(String value, Links links, NodeContext context) {
        Optional<GraphNode> node = links.producer(value, "Where");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        for (int side = 1; side <= 2; side++) {
            Kind kind = side == 1 ? Kind.KEPT : Kind.DROPPED;
            OptionalDouble fill = Numbers.of(node.get().input(3 - side), context);
            String scoresName = node.get().input(side);
            // Only what softmax turns into exactly 0 is the same when added.
            if (fill.isPresent()
                    && fill.getAsDouble() <= LARGE
                    && stretches(node.get().input(0), scoresName, context)) {
                float number = (float) fill.getAsDouble();
                Mask mask = new Mask(node.get().input(0), kind, number);
                return scores(scoresName, links, context).map(scores -> scores.masked(mask, node.get()));
            }
        }
        return Optional.empty();
    }

    private static boolean stretches(String mask, String scores, NodeContext context) {
        List<Long> shape = context.shape(mask);
        List<Long> whole = context.shape(scores);
        return !shape.isEmpty()
                && shape.size() <= whole.size()
                && Shapes.broadcast(shape, whole).equals(whole);
    }

    /** Of rank 3 or 4, with the same leading axes; a scale or mask of more axes would make the result of more. */
    private static boolean fits(Scores scores, GraphNode last, NodeContext context) {
        List<Long> q = context.shape(scores.q());
        List<Long> k = context.shape(scores.transposedK());
        List<Long> v = context.shape(last.input(1));
        int rank = q.size();
        if ((rank != 3 && rank != 4)
                || k.size() != rank
                || v.size() != rank
                || context.shape(last.output(0)).size() != rank) {
            return false;
        }
        List<Long> leading = q.subList(0, rank - 2);
        return k.subList(0, rank - 2).equals(leading)
                && v.subList(0, rank - 2).equals(leading)
                && context.type(scores.q()) == ElementType.FLOAT;
    }
}
