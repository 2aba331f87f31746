package io.reflux.model.step;

/** The update of {@link Lamb}, in calls on whole lists. */
record LambUpdate(Lamb lamb) implements UpdateRule {

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void write(ScriptLines script, ParameterGroup group, String gradients, String divisor) {
        String w = group.list("w");
        String m = group.moments(0);
        String v = group.moments(1);
        String g = gradients;
        if (!divisor.equals("None")) {
            g = group.list("divided");
            script.line(g + " = torch._foreach_div(" + gradients + ", " + divisor + ")");
        }
        String u = group.list("u");
        script.line("torch._foreach_lerp_(" + m + ", " + g + ", " + (1 - lamb.beta1()) + ")");
        script.line("torch._foreach_mul_(" + v + ", " + lamb.beta2() + ")");
        script.line("torch._foreach_addcmul_(" + v + ", " + g + ", " + g + ", " + (1 - lamb.beta2()) + ")");
        script.line("c1 = torch.sub(1., torch.pow(" + lamb.beta1() + ", t))");
        script.line("c2 = torch.sub(1., torch.pow(" + lamb.beta2() + ", t))");
        script.line(u + " = torch._foreach_sqrt(torch._foreach_div(" + v + ", c2))");
        script.line(u + " = torch._foreach_add(" + u + ", " + lamb.epsilon() + ")");
        script.line(u + " = torch._foreach_div(torch._foreach_div(" + m + ", c1), " + u + ")");
        if (!group.decays()) {
            script.line("torch._foreach_add_(" + w + ", " + u + ", alpha=torch.neg(lr))");
            return;
        }
        if (lamb.weightDecay() > 0) {
            script.line(u + " = torch._foreach_add(" + u + ", " + w + ", alpha=" + lamb.weightDecay() + ")");
        }
        script.line("lengths = torch.stack(torch._foreach_norm(" + w + "))");
        script.line("updates = torch.stack(torch._foreach_norm(" + u + "))");
        script.line("both = torch.gt(torch.mul(lengths, updates), 0)");
        script.line("ratios = torch.where(both, torch.div(lengths, updates), torch.ones_like(lengths))");
        script.line(u + " = torch._foreach_mul(" + u + ", torch.unbind(ratios))");
        script.line("torch._foreach_add_(" + w + ", " + u + ", alpha=torch.neg(lr))");
    }
}
