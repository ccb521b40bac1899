// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPrivacyOracle} from "../src/IPrivacyOracle.sol";
import {HostileToken} from "./HostileToken.sol";
import {OracleHandler} from "./OracleHandler.sol";
import {Test} from "./Test.sol";

/// @dev What holds after every step of an oracle in which anybody may do anything.
contract PrivacyOracleInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    OracleHandler private handler;
    IPrivacyOracle private oracle;
    HostileToken private token;
    uint256 private penalty;
    /// @dev In committees that are not released, and not lost by a penalty.
    mapping(address node => uint256) private _seats;

    function setUp() public {
        handler = new OracleHandler();
        oracle = handler.theOracle();
        token = handler.theToken();
        penalty = oracle.penalty();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Most of the steps lead requests on.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](5);
        for (uint256 i = 0; i < 4; ++i) {
            selectors[i] = handler.advance.selector;
        }
        selectors[4] = handler.disturb.selector;
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    /// @dev The escrow holds stakes, fees of open requests and what is set aside, to the unit, and every party has exactly
    /// what the rules gave it. No fee leaves twice, no model changes, nothing is decided below the threshold or by who is
    /// excluded.
    /// forge-config: default.invariant.runs = 8
    function invariant_everyUnit_isWhereItBelongs() public {
        vm.assertEq(handler.disagreements(), 0, "against the rules");
        uint256 held;
        for (uint256 i = 0; i < handler.numberOfRequests(); ++i) {
            held += _checkRequest(handler.ids(i));
        }
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            (uint256 stake, uint256 reserved,,) = oracle.nodeOf(party);
            vm.assertTrue(reserved <= stake, "reserved beyond the stake");
            vm.assertEq(reserved, penalty * _seats[party], "a penalty is reserved for each seat");
            delete _seats[party];
            uint256 aside = oracle.setAside(party);
            vm.assertEq(token.balanceOf(party) + aside + stake, handler.due(party), "a party's due");
            held += aside + stake;
        }
        vm.assertEq(token.balanceOf(address(oracle)), held, "escrow");
    }

    /// @dev From wherever the oracle is, time alone lets a stranger end every request and free every stake; then
    /// everybody takes what is theirs and nothing is left.
    /// forge-config: default.invariant.runs = 8
    function invariant_everyLock_canEnd() public {
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; i < handler.numberOfRequests(); ++i) {
            bytes32 id = handler.ids(i);
            while (oracle.requestOf(id).state <= IPrivacyOracle.State.Voting) {
                _pass(id);
                _pass(id); // where round 1 had enough marks, its deadline is followed by the first solver's
                oracle.handOver(id);
            }
            if (oracle.requestOf(id).released) continue;
            _pass(id);
            oracle.release(id);
        }
        for (uint256 i = 0; i < handler.numberOfParties(); ++i) {
            address party = handler.parties(i);
            (uint256 stake, uint256 reserved,,) = oracle.nodeOf(party);
            vm.assertEq(reserved, 0, "reserved after every end");
            if (oracle.setAside(party) != 0) {
                vm.prank(party);
                oracle.withdraw(party);
            }
            if (stake != 0) {
                vm.prank(party);
                oracle.withdrawStake(uint128(stake), party);
            }
        }
        vm.assertEq(token.balanceOf(address(oracle)), 0, "escrow after every end");
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that has not seen all of this has proved too little. Each route to one of them comes up about five times.
    function afterInvariant() public view {
        vm.assertTrue(handler.models() > 0, "no model");
        vm.assertTrue(handler.refusals() > 0, "no refusal");
        vm.assertTrue(handler.expiries(0) > 0, "nothing expired for want of profiles");
        vm.assertTrue(handler.expiries(1) > 0, "nothing expired for want of a model");
        vm.assertTrue(handler.rejections() > 0, "no rejection");
        vm.assertTrue(handler.silences() > 0, "no silence");
        vm.assertTrue(handler.releases() > 0, "no release");
        vm.assertTrue(handler.offences(0) > 0, "no other profiles");
        vm.assertTrue(handler.offences(1) > 0, "no rejected proposal");
        vm.assertTrue(handler.offences(2) > 0, "no outvoted vote");
        vm.assertTrue(handler.offences(3) > 0, "no equivocation");
    }

    function _pass(bytes32 id) private {
        uint64 deadline = oracle.requestOf(id).deadline;
        if (block.timestamp <= deadline) vm.warp(deadline + 1);
    }

    function _checkRequest(bytes32 id) private returns (uint256 fee) {
        OracleHandler.Record memory r = handler.record(id);
        IPrivacyOracle.Status memory s = oracle.requestOf(id);
        vm.assertEq(r.ends, s.state > IPrivacyOracle.State.Voting ? 1 : 0, "ends");
        vm.assertEq(r.paidOut, r.ends * r.fee, "the fee");
        vm.assertEq(r.releases, s.released ? 1 : 0, "releases");
        if (r.ends == 1) vm.assertEq(handler.modelHash(id), r.model);
        else fee = r.fee;
        address[] memory committee = oracle.committeeOf(id);
        for (uint256 k = 0; k < committee.length; ++k) {
            bool excluded = handler.excluded(id, committee[k]);
            vm.assertTrue(oracle.memberOf(id, committee[k]).penalised == excluded, "excluded for ever");
            if (!excluded && !s.released) ++_seats[committee[k]];
        }
    }
}
