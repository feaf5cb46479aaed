Option Explicit
' The buttons of the coordinator's console, in the order of a round.

Public Sub Gouji_NewRound()
    RunPython "gouji.buttons.new_round"
End Sub

Public Sub Gouji_Issue()
    RunPython "gouji.buttons.issue"
End Sub

Public Sub Gouji_Collect()
    RunPython "gouji.buttons.collect"
End Sub

Public Sub Gouji_CheckAll()
    RunPython "gouji.buttons.check_all"
End Sub

Public Sub Gouji_Return()
    RunPython "gouji.buttons.return_forms"
End Sub

Public Sub Gouji_Compile()
    RunPython "gouji.buttons.compile_round"
End Sub

Public Sub Gouji_Report()
    RunPython "gouji.buttons.report"
End Sub
