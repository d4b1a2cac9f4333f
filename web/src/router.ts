import { createRouter, createWebHistory } from "vue-router";
import { api, session, signedOut } from "./api/client";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/sign-in", component: () => import("./pages/SignIn.vue"), meta: { open: true } },
    { path: "/activate", component: () => import("./pages/Activate.vue"), meta: { open: true } },
    { path: "/password", component: () => import("./pages/Password.vue") },
    { path: "/check", component: () => import("./pages/student/SelfCheck.vue"), meta: { open: true } },
    { path: "/capture", component: () => import("./pages/student/SelfCapture.vue") },
    { path: "/me", component: () => import("./pages/student/Me.vue") },
    { path: "/screen/:campaign", props: true, component: () => import("./pages/Screen.vue") },
    {
      path: "/",
      component: () => import("./pages/staff/Layout.vue"),
      children: [
        { path: "", component: () => import("./pages/staff/Campaigns.vue") },
        { path: "walk-ins", component: () => import("./pages/staff/WalkIn.vue") },
        { path: "accounts", component: () => import("./pages/staff/Accounts.vue") },
        {
          path: "c/:campaign",
          props: true,
          component: () => import("./pages/staff/Campaign.vue"),
          children: [
            { path: "", props: true, component: () => import("./pages/staff/Progress.vue") },
            { path: "settings", props: true, component: () => import("./pages/staff/Settings.vue") },
            { path: "roster", props: true, component: () => import("./pages/staff/Roster.vue") },
            { path: "students", props: true, component: () => import("./pages/staff/Students.vue") },
            { path: "timetable", props: true, component: () => import("./pages/staff/Timetable.vue") },
            { path: "day", props: true, component: () => import("./pages/staff/Day.vue") },
            { path: "codes", props: true, component: () => import("./pages/staff/Codes.vue") },
            { path: "shots", props: true, component: () => import("./pages/staff/Shots.vue") },
            { path: "stations", props: true, component: () => import("./pages/staff/Stations.vue") },
            { path: "notice", props: true, component: () => import("./pages/staff/Notice.vue") },
            { path: "fees", props: true, component: () => import("./pages/staff/Fees.vue") },
            { path: "make-up", props: true, component: () => import("./pages/staff/MakeUp.vue") },
            { path: "deliveries", props: true, component: () => import("./pages/staff/Deliveries.vue") },
            { path: "proofs", props: true, component: () => import("./pages/staff/Proofs.vue") },
            { path: "prints", props: true, component: () => import("./pages/staff/Prints.vue") },
            { path: "faces", props: true, component: () => import("./pages/staff/Faces.vue") },
            { path: "closing", props: true, component: () => import("./pages/staff/Closing.vue") },
            { path: "log", props: true, component: () => import("./pages/staff/Log.vue") },
          ],
        },
      ],
    },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});

signedOut.go = () => {
  session.current = null;
  void router.push("/sign-in");
};

router.beforeEach(async (to) => {
  if (!session.current && !to.meta.open) {
    const { data } = await api.GET("/api/session");
    if (!data) return { path: "/sign-in", query: to.path === "/" ? {} : { to: to.fullPath } };
    session.current = data;
  }
  if (to.meta.open) return true;
  if (session.current?.must_change && to.path !== "/password") return "/password";
  const isStudent = session.current?.role === "student";
  if (isStudent && !["/me", "/capture", "/password"].includes(to.path)) return "/me";
  if (!isStudent && ["/me", "/capture"].includes(to.path)) return "/";
  return true;
});
